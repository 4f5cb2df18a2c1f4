/* What a program of version 0.1 was linked with, as far as it looks at it. */
int dirichlet_version(void);

int dirichlet_version(void)
{
    return 100;
}
