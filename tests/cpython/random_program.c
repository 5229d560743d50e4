/* random_program.c - the random program on the real CPython. */
#include "tests/random_program.h"

int main(int argc, char **argv)
{
    return random_program(argc, argv);
}
