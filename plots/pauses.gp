# pauses.gp FORMAT OUTPUT DATA STYLES
#
# Pause percentiles. Each block of DATA is one curve, 1/(1-p) and ns; the
# second column's header names it. STYLES holds a style number a block.
FORMAT = ARG1; OUTPUT = ARG2; DATA = ARG3; STYLES = ARG4

set terminal unknown
set datafile separator tab
plot for [i = 1:words(STYLES)] DATA index i-1 using 1:2 title columnheader(2)
least = GPVAL_DATA_Y_MIN; most = GPVAL_DATA_Y_MAX
reset
load "style.gp"

set logscale xy
set xlabel "percentile of all pauses"
set ylabel "pause not exceeded"
set xtics ("50 %%" 2, "90 %%" 10, "99 %%" 100, "99.9 %%" 1e3, "99.99 %%" 1e4, "99.999 %%" 1e5, \
           "99.9999 %%" 1e6, "99.99999 %%" 1e7)
eval set_ns_tics
set xrange [1:*]
set yrange [0.95 * decade_below(least):1.05 * decade_above(most)]
set key title "tuning" left

plot for [i = 1:words(STYLES)] DATA index i-1 using 1:2 with lines lw 2.2 \
     lc rgb colour(int(word(STYLES, i))) dt dash(int(word(STYLES, i))) title columnheader(2)
