# utilization.gp FORMAT OUTPUT DATA STYLES
#
# Minimum mutator utilization. Each block of DATA is one curve: window in ns,
# MMU and BMU from 0 to 1; the second column's header names it. STYLES holds a
# style number a block.
FORMAT = ARG1; OUTPUT = ARG2; DATA = ARG3; STYLES = ARG4

# Shorter windows than a decade before the first that is not all pause say nothing more.
set terminal unknown
set datafile separator tab
plot for [i = 1:words(STYLES)] DATA index i-1 using ($2 > 0 && $2 < 1 ? $1 : 1e15):2 title columnheader(2)
first = GPVAL_DATA_X_MIN < 1e15 ? GPVAL_DATA_X_MIN : 1e4
reset
load "style.gp"

set logscale x
set xlabel "length of the window"
set ylabel "share of the worst window left to the program (%)"
eval set_ns_xtics
set xrange [0.98 * (first > 1e5 ? decade_below(0.9 * first) : 1e4):*]
set yrange [0:100]
set key title "tuning" left

plot for [i = 1:words(STYLES)] DATA index i-1 using 1:(100 * $3) with lines lw 0.9 \
     lc rgb colour(int(word(STYLES, i))) dt 1 notitle, \
     for [i = 1:words(STYLES)] DATA index i-1 using 1:(100 * $2) with lines lw 2.4 \
     lc rgb colour(int(word(STYLES, i))) dt dash(int(word(STYLES, i))) title columnheader(2)
