# latency.gp FORMAT OUTPUT DATA STYLES
#
# Request latency, service time left and metered right. Each block of DATA is
# one tuning: 1/(1-p), service time in ns, metered latency in ns (0 where it
# is not known); the second column's header names it. STYLES holds a style
# number a block.
FORMAT = ARG1; OUTPUT = ARG2; DATA = ARG3; STYLES = ARG4

set terminal unknown
set datafile separator tab
plot for [i = 1:words(STYLES)] DATA index i-1 using 1:2 title columnheader(2)
least = GPVAL_DATA_Y_MIN; most = GPVAL_DATA_Y_MAX
plot for [i = 1:words(STYLES)] DATA index i-1 using 1:($3 > 0 ? $3 : $2) title columnheader(2)
least = GPVAL_DATA_Y_MIN < least ? GPVAL_DATA_Y_MIN : least
most = GPVAL_DATA_Y_MAX > most ? GPVAL_DATA_Y_MAX : most
reset
load "style.gp"

set multiplot layout 1,2 margins screen 0.10, 0.80, 0.17, 0.91 spacing screen 0.03
set logscale xy
set xlabel "percentile"
set xtics ("50" 2, "90" 10, "99" 100, "99.9" 1e3, "99.99" 1e4, "99.999" 1e5, "99.9999" 1e6, \
           "99.99999" 1e7, "99.999999" 1e8) rotate by 40 right offset 0.6,-0.2
eval set_ns_tics
set xrange [1:*]
set yrange [0.95 * decade_below(least > 0 ? least : 1):1.05 * decade_above(most)]
set ylabel "not exceeded"
set title "service time of the request"
unset key
# A title of columnheader, though no key shows it: without one the header would be read as a point.
plot for [i = 1:words(STYLES)] DATA index i-1 using 1:2 with lines lw 2.2 \
     lc rgb colour(int(word(STYLES, i))) dt dash(int(word(STYLES, i))) title columnheader(2)
set format y ""
set ytics ("" 1, "" 10, "" 100, "" 1e3, "" 1e4, "" 1e5, "" 1e6, "" 1e7, "" 1e8, "" 1e9, "" 1e10, "" 1e11)
unset ylabel
set title "what the client waited (metered)"
set key at screen 0.99, 0.9 right top vertical title "tuning" left
plot for [i = 1:words(STYLES)] DATA index i-1 using 1:($3 > 0 ? $3 : 1e-9) with lines lw 2.2 \
     lc rgb colour(int(word(STYLES, i))) dt dash(int(word(STYLES, i))) title columnheader(2)
unset multiplot
