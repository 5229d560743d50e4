# allocators.gp FORMAT OUTPUT DATA TUNINGS ALLOCATORS PAUSES
#
# Allocators side by side: throughput, peak memory and pause p99, one row an
# allocator, one colour a tuning, the bar from quartile to quartile.
# DATA: one block a tuning, the first column's header names it. Columns: row
# (from 0), allocator, then median, lower and upper quartile of operations a
# second, of MiB, and of ms. A last block has a line for every row.
# PAUSES is 0 when no configuration has any.
FORMAT = ARG1; OUTPUT = ARG2; DATA = ARG3; TUNINGS = ARG4 + 0; ALLOCATORS = ARG5 + 0; PAUSES = ARG6 + 0

# Narrow panels need few ticks: the spans first, drawn nowhere.
set terminal unknown
set datafile separator tab
plot for [i = 0:TUNINGS-1] DATA index i using 4:1 title columnheader(1), \
     for [i = 0:TUNINGS-1] DATA index i using 5:1 title columnheader(1)
per_s_least = GPVAL_DATA_X_MIN; per_s_most = GPVAL_DATA_X_MAX
plot for [i = 0:TUNINGS-1] DATA index i using 7:1 title columnheader(1), \
     for [i = 0:TUNINGS-1] DATA index i using 8:1 title columnheader(1)
mib_least = GPVAL_DATA_X_MIN; mib_most = GPVAL_DATA_X_MAX
reset
load "style.gp"

row(i) = $1 + (TUNINGS > 1 ? 0.7 * (i / (TUNINGS - 1.0) - 0.5) : 0)
set multiplot layout 1,3 margins screen 0.21, 0.96, 0.27, 0.98 spacing screen 0.045
set yrange [ALLOCATORS - 0.5 : -0.5]
set grid noytics
set for [i = 1:ALLOCATORS-1] arrow i from graph 0, first i - 0.5 to graph 1, first i - 0.5 nohead lc rgb "#bbbbbb"
set key at screen 0.5, 0.01 center bottom vertical maxrows 3 samplen 1.5 spacing 1.05 width 2

set xlabel "operations a second"
set xtics tick_step(per_s_least, per_s_most, 2)
set format x "%.0s %c"
plot for [i = 0:TUNINGS-1] DATA index i using 3:(row(i)):4:5 with xerrorbars lw 1.6 ps 0.9 * SYMBOL \
         pt symbol(i) lc rgb colour(i) title columnheader(1), \
     DATA index TUNINGS using 3:1:yticlabels(2) with points ps 0 notitle
unset key
set format x "%g"
unset ytics
set xtics tick_step(mib_least, mib_most, 2.5)
set xlabel "peak memory (MiB)"
plot for [i = 0:TUNINGS-1] DATA index i using 6:(row(i)):7:8 with xerrorbars lw 1.6 ps 0.9 * SYMBOL pt symbol(i) lc rgb colour(i)
set logscale x
set xtics autofreq
set xlabel "pause p99 (ms)"
if (PAUSES) {
    plot for [i = 0:TUNINGS-1] DATA index i using ($9 > 0 ? $9 : NaN):(row(i)):10:11 with xerrorbars lw 1.6 \
         ps 0.9 * SYMBOL pt symbol(i) lc rgb colour(i)
} else {
    set xrange [0.01:1]
    set label "no pauses" at graph 0.5, first 0 center
    plot 1e9
}
unset multiplot
