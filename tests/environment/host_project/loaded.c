/* Loading the library leaves the process's arithmetic as it was. */
#include <dirichlet/dirichlet.h>
#include <stdio.h>

int main(void)
{
    volatile double tiny = 1e-310;
    volatile double half = tiny * 0.5;
    if (dirichlet_version() <= 0 || half == 0.0) {
        printf("loading the library has switched on flush-to-zero\n");
        return 1;
    }
    return 0;
}
