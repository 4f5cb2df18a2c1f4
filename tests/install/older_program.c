/* A program that was compiled with the headers of version 0.1, whose callbacks and structs were
 * others: it must not get as far as this. */
#include <stdio.h>

int dirichlet_version(void);

int main(void)
{
    printf("main runs on version %d\n", dirichlet_version());
    return 0;
}
