# style.gp - what all pictures share. Loaded by each script after FORMAT
# (svg or png) and OUTPUT are set.
#
# SYMBOL: the SVG terminal draws symbols larger than the PNG one.
# Texts of the user come from data files and arguments as strings only, and
# noenhanced shows them as they are.
set encoding utf8
if (FORMAT eq "png") {
    SYMBOL = 1.0
    set terminal pngcairo noenhanced size 800,500 font "DejaVu Sans,11" background "#ffffff"
} else {
    SYMBOL = 0.8
    set terminal svg noenhanced size 800,500 font "DejaVu Sans,13" background "#ffffff"
}
set output OUTPUT

set datafile separator tab
set datafile commentschars ""
set border 3 lc rgb "#444444"
set errorbars small
set tics nomirror out scale 0.6
set grid xtics ytics lc rgb "#dddddd" lt 1 lw 0.8
set key outside right top vertical Left reverse samplen 3 spacing 1.15 noenhanced

# Okabe and Ito's colours (without yellow, which white paper swallows), then
# the same darker. Fourteen colours, five dashes and eleven symbols repeat at
# different times, so that a series is told apart by more than its colour.
COLOURS = "0x0072b2 0xd55e00 0x009e73 0xe69f00 0x56b4e9 0xcc79a7 0x000000 " . \
          "0x003959 0x6b2f00 0x004f3a 0x735000 0x2b5a75 0x663d54 0x888888"
colour(i) = int(word(COLOURS, i % 14 + 1))
dash(i) = i % 5 + 1
symbol(i) = int(word("7 5 9 13 11 15 6 4 8 12 10", i % 11 + 1))

set dashtype 2 (10,5)
set dashtype 3 (3,4)
set dashtype 4 (10,4,3,4)
set dashtype 5 (16,5,3,5,3,5)

# A tick's step of 1, 2 or 5 times a power of ten that leaves about `wanted` ticks in a span.
power(x) = 10 ** floor(log10(x))
nice(x) = x / power(x) < 1.5 ? power(x) : x / power(x) < 3.5 ? 2 * power(x) : x / power(x) < 7.5 ? 5 * power(x) : 10 * power(x)
# Without a span gnuplot widens the axis by 1 % to each side.
tick_step(least, most, wanted) = most > least ? nice((most - least) / wanted) : most > 0 ? nice(most * 0.02 / wanted) : 1

# A logarithmic axis from decade to decade, so that two ticks are in it at least.
decade_below(x) = 10 ** floor(log10(x) + 1e-9)
decade_above(x) = 10 ** ceil(log10(x) - 1e-9) > decade_below(x) ? 10 ** ceil(log10(x) - 1e-9) : 10 * decade_below(x)

# Ticks of an axis that is logarithmic in ns.
NS_TICS = '("1 ns" 1, "10 ns" 10, "100 ns" 100, "1 µs" 1e3, "10 µs" 1e4, "100 µs" 1e5, "1 ms" 1e6, '. \
          '"10 ms" 1e7, "100 ms" 1e8, "1 s" 1e9, "10 s" 1e10, "100 s" 1e11)'
set_ns_tics = 'set ytics '.NS_TICS
set_ns_xtics = 'set xtics '.NS_TICS
