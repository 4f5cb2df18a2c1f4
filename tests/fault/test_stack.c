/* How much stack a call takes: less than 8 KiB for every public function, in a thread of 16 KiB,
 * the least that POSIX systems have (goroutines that call C, fibers and the threads of other
 * languages may have little more). The stack is painted before each call, and what has lost its
 * paint afterwards was used, by the dynamic linker and the C library too.
 *
 *   fault_stack MAP     MAP: cmake/dirichlet.map, of which no function may be left out
 *
 * A CBLAS takes what it likes, thread-local memory included (with OpenBLAS a process has no room
 * for such threads): with one, all calls get a large stack, and what those that multiply matrices
 * take is printed and not judged. Sanitizers have larger frames: there it is not built. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "dirichlet/dirichlet.h"
#include "fault/stack_calls.h"
#include "support/check.h"
#include "support/table_model.h"

/* Of which clang, which keeps a place for every local of what it inlines, takes some more. */
#ifdef __clang__
#define MOST_STACK 10240
#else
#define MOST_STACK 8192
#endif
#define SMALL_STACK 16384
#define LARGE_STACK (1 << 20)
#define PAINT 0xa5
/* Below the small stack, where a call that takes more than that would end. */
#define BELOW (256 * 1024)

static _Alignas(4096) unsigned char memory[BELOW + LARGE_STACK];

/* A call, and where the frame of its caller is. */
struct run {
    void (*call)(void);
    const unsigned char *frame;
};

void stack_require(int status, int wanted, const char *what)
{
    if (status == wanted)
        return;
    fprintf(stderr, "status %d, not %d: %s\n", status, wanted, what);
    exit(1);
}

static void *run_call(void *argument)
{
    struct run *run = argument;
    run->frame = __builtin_frame_address(0);
    run->call();
    return NULL;
}

/* Bytes below the frame of the caller that a call has used, in a thread with so much stack. */
static long used_by(void (*call)(void), size_t size)
{
    pthread_attr_t attributes;
    pthread_t thread;
    struct run run = {call, NULL};
    memset(memory, PAINT, sizeof memory);
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstack(&attributes, memory + BELOW, size) == 0);
    CHECK(pthread_create(&thread, &attributes, run_call, &run) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(pthread_attr_destroy(&attributes) == 0);
    const unsigned char *lowest = memory;
    while (*lowest == PAINT)
        lowest++;
    CHECK_IN(lowest > memory, "it went through all of the memory below");
    CHECK_IN(lowest >= memory + BELOW, "it went beyond the stack");
    return (long)(run.frame - lowest);
}

/* Functions without a precision. */

static struct table table = {.outputs = 2};
static dirichlet_estimator *estimator;
static dirichlet_estimator *other;
static unsigned char bytes[4096];
static size_t size;
static dirichlet_error error = {.struct_size = sizeof error};
static dirichlet_result result = {.struct_size = sizeof result};

static void clone(void)
{
    stack_require(dirichlet_estimator_clone(estimator, &other), DIRICHLET_OK, "clone");
}

static void merge(void)
{
    stack_require(dirichlet_estimator_merge(estimator, other), DIRICHLET_OK, "merge");
}

static void serialize(void)
{
    stack_require(dirichlet_estimator_serialize(estimator, bytes, sizeof bytes, &size),
                  DIRICHLET_OK, "serialize");
}

static void deserialize(void)
{
    dirichlet_estimator_destroy(other);
    stack_require(dirichlet_estimator_deserialize(bytes, size, NULL, &other, &error), DIRICHLET_OK,
                  error.message);
    stack_require(dirichlet_estimator_deserialize(bytes, size - 1, NULL, &other, &error),
                  DIRICHLET_E_CORRUPT, "a buffer that is cut");
}

static void read_result(void)
{
    stack_require(dirichlet_estimator_group_result(estimator, 0, &result), DIRICHLET_E_RANGE,
                  "no groups");
    stack_require(dirichlet_estimator_result(estimator, &result), DIRICHLET_OK, "result");
}

static void describe(void)
{
    static dirichlet_estimator_description description = {.struct_size = sizeof description};
    static dirichlet_capabilities capabilities = {.struct_size = sizeof capabilities};
    stack_require(dirichlet_estimator_describe(estimator, &description), DIRICHLET_OK, "describe");
    stack_require(dirichlet_describe_library(&capabilities), DIRICHLET_OK, "describe_library");
    stack_require(dirichlet_estimator_seek(estimator, -1), DIRICHLET_E_RANGE, "a wrong index");
    stack_require(dirichlet_estimator_last_error(estimator, &error), DIRICHLET_OK, "last_error");
    stack_require(error.status, DIRICHLET_E_RANGE, "the error of its last call");
}

static void seek_and_reset(void)
{
    stack_require(dirichlet_estimator_seek(estimator, 7), DIRICHLET_OK, "seek");
    stack_require(dirichlet_estimator_reset(estimator), DIRICHLET_OK, "reset");
}

static void destroy(void)
{
    dirichlet_estimator_destroy(estimator);
    dirichlet_estimator_destroy(other);
}

static void texts(void)
{
    stack_require(dirichlet_estimator_stopped(estimator), 0, "stopped");
    stack_require(dirichlet_estimator_message(estimator) != NULL &&
                      dirichlet_method_name(DIRICHLET_METHOD_EXACT) != NULL &&
                      dirichlet_status_string(DIRICHLET_OK) != NULL &&
                      dirichlet_blas_name() != NULL && dirichlet_blas_library() != NULL &&
                      dirichlet_version_string() != NULL &&
                      dirichlet_check_item_name(DIRICHLET_CHECK_ROWS) != NULL &&
                      dirichlet_callback_name(DIRICHLET_CALLBACK_JVP) != NULL,
                  1, "texts");
    stack_require(dirichlet_version() > 0, 1, "version");
}

static void expect(void)
{
    static const int64_t widths[] = {30, 20, 10};
    static double number;
    stack_require(dirichlet_expected_energy(NULL, widths, 2, 0.1, &number, &error), DIRICHLET_OK,
                  error.message);
    stack_require(dirichlet_initialization_variance(NULL, 30, 20, &number, &error), DIRICHLET_OK,
                  error.message);
    stack_require(dirichlet_expected_energy(NULL, widths, 2, NAN, &number, &error),
                  DIRICHLET_E_RANGE, "a wrong slope");
}

static void labels(void)
{
    static int64_t drawn[10];
    stack_require(dirichlet_noise_labels(1, 0, 0, 10, 4, 0.5, drawn, NULL, &error), DIRICHLET_OK,
                  error.message);
}

static const struct stack_call plain_calls[] = {
    {"estimator_clone", 0, clone},
    {"estimator_merge", 0, merge},
    {"estimator_serialize", 0, serialize},
    {"estimator_deserialize", 0, deserialize},
    {"estimator_result estimator_group_result", 0, read_result},
    {"estimator_describe estimator_last_error describe_library", 0, describe},
    {"estimator_stopped estimator_message method_name status_string "
     "blas_name blas_library version_string version check_item_name callback_name",
     0, texts},
    {"estimator_seek estimator_reset", 0, seek_and_reset},
    {"estimator_destroy", 0, destroy},
    {"expected_energy initialization_variance", 0, expect},
    {"noise_labels", 0, labels},
    {NULL, 0, NULL}};

static void measure(const struct stack_call *calls)
{
    const int other_blas = strcmp(dirichlet_blas_name(), "none") != 0;
    for (const struct stack_call *call = calls; call->name != NULL; call++) {
        const int judged = !call->products || !other_blas;
        const long used = used_by(call->call, other_blas ? LARGE_STACK : SMALL_STACK);
        printf("%6ld %s %s\n", used, judged ? " " : "(with BLAS)", call->name);
        CHECK_IN(used > 0 && (!judged || used < MOST_STACK), "%s takes %ld bytes of stack",
                 call->name, used);
    }
}

static void every_function(void **state)
{
    (void)state;
    const dirichlet_model_f64 model = table_energies(&table);
    const double x[] = {1.0, 2.0, 3.0};
    const dirichlet_estimator_options options = {.struct_size = sizeof options, .first_sample = 3};
    CHECK(dirichlet_estimator_create_f64(&model, &options, &estimator, NULL) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_update_f64(estimator, 3, x, NULL, NULL) == DIRICHLET_OK);
    stack_setup_f64();
    stack_setup_f32();
    measure(plain_calls);
    measure(stack_calls_f64);
    measure(stack_calls_f32);
    stack_teardown_f64();
    stack_teardown_f32();
}

/* Is `name` a word of one of the calls? */
static bool is_called(const struct stack_call *calls, const char *name)
{
    const size_t length = strlen(name);
    for (; calls->name != NULL; calls++)
        for (const char *at = strstr(calls->name, name); at != NULL; at = strstr(at + 1, name))
            if ((at == calls->name || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
                return true;
    return false;
}

static void nothing_is_left_out(void **state)
{
    char line[128];
    FILE *map = fopen(*state, "r");
    int functions = 0;
    CHECK_IN(map != NULL, "no file %s", (const char *)*state);
    while (fgets(line, sizeof line, map) != NULL) {
        char name[sizeof line];
        if (sscanf(line, " dirichlet_%127[a-z0-9_];", name) != 1)
            continue;
        const size_t length = strlen(name);
        const char *suffix = length > 4 ? name + length - 4 : "";
        const struct stack_call *calls = strcmp(suffix, "_f64") == 0   ? stack_calls_f64
                                         : strcmp(suffix, "_f32") == 0 ? stack_calls_f32
                                                                       : plain_calls;
        if (calls != plain_calls)
            name[length - 4] = '\0';
        CHECK_IN(is_called(calls, name), "the stack of dirichlet_%s is not measured", name);
        functions++;
    }
    (void)fclose(map);
    CHECK(functions > 80);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_function),
                                       cmocka_unit_test_prestate(nothing_is_left_out, argv[1])};
    return check_report("fault.stack", cmocka_run_group_tests(tests, NULL, NULL));
}
