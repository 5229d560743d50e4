/* card.h - a workload's card: what it allocates, keeps and leaves behind, at its default scale. */
#ifndef GCSWEEP_CARD_H
#define GCSWEEP_CARD_H

/* Runs it twice on the model, once timed and once looked at, and prints the
 * card: the exit status. An unknown name is refused as `run` refuses it. */
int card_print(const char *workload);

#endif
