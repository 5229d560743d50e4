# rss.gp FORMAT OUTPUT DATA STYLES
#
# Resident memory over time. Each block of DATA is one run, seconds and MiB;
# the second column's header names it. STYLES holds a style number a block.
FORMAT = ARG1; OUTPUT = ARG2; DATA = ARG3; STYLES = ARG4
load "style.gp"

set xlabel "time since the workload began (s)"
set ylabel "resident memory (MiB)"
set xrange [0:*]
set yrange [0:*]
set key title "tuning" left

plot for [i = 1:words(STYLES)] DATA index i-1 using 1:2 with lines lw 2.2 \
     lc rgb colour(int(word(STYLES, i))) dt dash(int(word(STYLES, i))) title columnheader(2)
