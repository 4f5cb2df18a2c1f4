/* Calls of public functions whose stack test_stack.c measures: what they need is static, so that
 * next to nothing of it is the caller's. */
#ifndef DIRICHLET_TESTS_STACK_CALLS_H
#define DIRICHLET_TESTS_STACK_CALLS_H

struct stack_call {
    const char *name; /* of the function, without dirichlet_ and the precision */
    int products;     /* 1: there are matrix products in it, which may be another library's */
    void (*call)(void);
};

/* Ends with a name that is NULL. */
extern const struct stack_call stack_calls_f64[];
extern const struct stack_call stack_calls_f32[];

/* What those could not do without, all on the stack of the main thread. */
void stack_setup_f64(void);
void stack_setup_f32(void);
void stack_teardown_f64(void);
void stack_teardown_f32(void);

/* Stop the program unless the status is this one. */
void stack_require(int status, int wanted, const char *what);

#endif
