# floating.gp FORMAT OUTPUT DATA STYLES
#
# Floating garbage over time. Each block of DATA is one run: seconds, MiB,
# objects; the second column's header names it. STYLES holds a style number a
# block.
FORMAT = ARG1; OUTPUT = ARG2; DATA = ARG3; STYLES = ARG4

# A logarithmic axis has no 0: where there is no garbage the curve lies on its lower end.
set terminal unknown
set datafile separator tab
plot for [i = 1:words(STYLES)] DATA index i-1 using 1:($2 > 0 ? $2 : NaN) title columnheader(2)
least = GPVAL_DATA_Y_MIN; most = GPVAL_DATA_Y_MAX
reset
load "style.gp"
shown(mib) = mib > least / 2 ? mib : least / 2

set xlabel "time since the workload began (s)"
set ylabel "floating garbage (MiB)"
set xrange [0:*]
set logscale y
set yrange [least / 2:1.05 * decade_above(most)]
set format y "%g"
set key title "tuning" left

plot for [i = 1:words(STYLES)] DATA index i-1 using 1:(shown($2)) with lines lw 1.6 \
     lc rgb colour(int(word(STYLES, i))) dt 1 title columnheader(2)
