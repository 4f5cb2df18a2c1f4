/* Callbacks of a model whose functions are Go's. */
#include <dirichlet/dirichlet.h>

/* Complete a table with the callbacks that are wanted (non-zero). `user` is the
 * cgo.Handle of the functions they call. */
void godirichlet_set_callbacks(dirichlet_model_f64 *table, int forward, int jvp, int vjp,
                               uintptr_t user);
