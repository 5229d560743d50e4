# rss.gp FORMAT OUTPUT DATA STYLES MARKS
#
# Resident memory over time. Each block of DATA is one run, seconds and MiB;
# the second column's header names it. STYLES holds a style number a block.
# MARKS: for each block the run's longest full collections, seconds and MiB.
FORMAT = ARG1; OUTPUT = ARG2; DATA = ARG3; STYLES = ARG4; MARKS = ARG5
load "style.gp"

set xlabel "time since the workload began (s)"
set ylabel "resident memory (MiB)"
set xrange [0:*]
set yrange [0:*]
set key title "tuning" left

plot for [i = 1:words(STYLES)] DATA index i-1 using 1:2 with lines lw 2.2 \
     lc rgb colour(int(word(STYLES, i))) dt dash(int(word(STYLES, i))) title columnheader(2), \
     for [i = 1:words(STYLES)] MARKS index i-1 using 1:2 with points pt 7 ps 0.7 * SYMBOL \
     lc rgb colour(int(word(STYLES, i))) notitle
