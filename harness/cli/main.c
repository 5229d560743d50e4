/* main.c - gcsweep: everything is in the subcommands. */
#include "harness/cli/cli.h"
#include "harness/cli/prepare.h"

int main(int argc, char **argv)
{
    cli_prepare_process();
    return cli_main(argc, argv);
}
