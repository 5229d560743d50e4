#include "harness/cli/prepare.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

void cli_prepare_process(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            continue;
        /* The lowest that is free is `fd`. Opened the wrong way round, so that its use fails as that of a closed one.
         */
        if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            _exit(2);
    }
    signal(SIGXFSZ, SIG_IGN);
}
