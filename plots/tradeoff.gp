# tradeoff.gp FORMAT OUTPUT POINTS FRONT TUNINGS ALLOCATORS FLOOR
#
# Longest pause over peak memory, one point a configuration: the colour is its
# tuning, the symbol its allocator, the size its throughput.
# POINTS holds first TUNINGS blocks (the points of one tuning each), then
# ALLOCATORS blocks (the same points by allocator); columns: MiB, ns, size from
# 0 to 1, allocator's number, 1 when on the front of all three; the first
# column's header names the block. FRONT: MiB and ns of the front in this
# plane. FLOOR: where points without any pause are drawn, 0 for no such point.
FORMAT = ARG1; OUTPUT = ARG2; POINTS = ARG3; FRONT = ARG4
TUNINGS = ARG5 + 0; ALLOCATORS = ARG6 + 0; FLOOR = ARG7 + 0

set terminal unknown
set datafile separator tab
plot for [i = 0:TUNINGS-1] POINTS index i using 1:2 title columnheader(1)
least = GPVAL_DATA_Y_MIN; most = GPVAL_DATA_Y_MAX
reset
load "style.gp"

size_of(share) = SYMBOL * (0.8 + 0.9 * share)
set logscale y
set xlabel "peak resident memory (MiB)"
set ylabel "longest pause"
eval set_ns_tics
set yrange [(FLOOR > 0 ? FLOOR / 2 : 0.95 * decade_below(least)):1.05 * decade_above(most)]
if (FLOOR > 0) { set ytics add ("none" FLOOR) }
set offsets graph 0.04, graph 0.04, graph 0, graph 0
set key spacing 1.1 samplen 1.6

# The legend's entries are drawn below the points they belong to: an
# allocator's symbol in grey, a tuning's colour as a thick line through one
# point, which leaves a swatch in the legend and nothing in the plot.
plot FRONT using 1:2 with steps lw 1.6 lc rgb "#888888" dt 1 title "Pareto front of the axes", \
     for [i = 0:TUNINGS-1] POINTS index i using ($5 == 1 ? $1 : NaN):2:(size_of($3) + 0.8 * SYMBOL) \
         with points pt 6 ps variable lw 1.6 lc rgb "#000000" notitle, \
     NaN with points pt 6 ps 1.9 * SYMBOL lw 1.6 lc rgb "#000000" title "front with throughput", \
     NaN with points pt 7 ps 1.7 * SYMBOL lc rgb "#bbbbbb" title "larger: more throughput", \
     for [i = 0:ALLOCATORS-1] POINTS index TUNINGS+i every ::0::0 using 1:2 with points ps 0.9 * SYMBOL pt symbol(i) \
         lc rgb "#555555" title columnheader(1), \
     for [i = 0:TUNINGS-1] POINTS index i every ::0::0 using 1:2 with lines lw 9 lc rgb colour(i) title columnheader(1), \
     for [i = 0:TUNINGS-1] POINTS index i using 1:2:(size_of($3)):(symbol(int($4))) with points ps variable pt variable \
         lc rgb colour(i) notitle
