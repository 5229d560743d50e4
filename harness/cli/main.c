/* main.c - gcsweep: everything is in the subcommands. */
#include "harness/cli/cli.h"

int main(int argc, char **argv)
{
    return cli_main(argc, argv);
}
