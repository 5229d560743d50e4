# thresholds.gp FORMAT OUTPUT DATA ROWS
#
# What threshold 0 does to the number of collections and to their time, one
# allocator. Columns of DATA: threshold 0, its text, collections of generation
# 0, 1, 2, collection time in ms: median, lower and upper quartile.
FORMAT = ARG1; OUTPUT = ARG2; DATA = ARG3; ROWS = ARG4 + 0
load "style.gp"

set multiplot layout 2,1 margins screen 0.11, 0.84, 0.13, 0.96 spacing screen 0.05
set logscale xy
set xrange [*:*] noextend
set offsets graph 0.06, graph 0.06, 0, 0
set format y "%.0f"
set ytics ("0" 0.3, "1" 1, "10" 10, "100" 100, "1 k" 1e3, "10 k" 1e4, "100 k" 1e5, "1 M" 1e6, "10 M" 1e7, "100 M" 1e8)
set yrange [0.2:*]
set ylabel "collections"
set key title "generation" left
shown(count) = count > 0 ? count : 0.3

plot for [g = 0:2] DATA using 1:(shown(column(3 + g))):xticlabels("") with linespoints lw 2 ps 1.1 * SYMBOL pt symbol(g) \
     dt dash(g) lc rgb colour(g) title sprintf("%d", g)

unset logscale y
set yrange [0:*]
set ytics autofreq
set format y "%g"
set ylabel "collection time (ms)"
if (ROWS > 7) { set xtics rotate by -30 }
set xlabel "threshold 0 (allocations less deallocations that start a young collection)"
unset key
plot DATA using 1:6:7:8:xticlabels(1) with yerrorbars lw 1.6 ps 1.1 * SYMBOL pt 7 lc rgb colour(6), \
     DATA using 1:6 with lines lw 2 lc rgb colour(6)
unset multiplot
