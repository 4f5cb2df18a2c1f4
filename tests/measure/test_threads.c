/* The results of `measure` do not depend on --threads. */
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "reference.h"
#include "support/check.h"
#include "tool.h"

#define SAMPLES 3000

static const int64_t widths[] = {40, 64, 50, 10};
static struct network_case network;
static double *data;

static int make_network(void **state)
{
    (void)state;
    network_make(&network, 3, widths, 41);
    network_write(&network, &pytorch_f64, "net.safetensors");
    data = random_values(SAMPLES * widths[0], 42);
    write_samples("data.npy", SAMPLES, widths[0], data, 0);
    return 0;
}

static int free_network(void **state)
{
    (void)state;
    network_destroy(&network);
    free(data);
    return 0;
}

#define RUN "net.safetensors data.npy --json "

/* All of a report but its time. */
static void without_seconds(char *text)
{
    char *line = strstr(text, "\t\"seconds\"");
    CHECK_IN(line != NULL, "no time in %s", text);
    const size_t length = strcspn(line, "\n");
    memset(line, '-', length);
    memmove(line + 1, line + length, strlen(line + length) + 1);
}

static void run(const char *arguments, int threads, struct outcome *outcome)
{
    char line[1024];
    snprintf(line, sizeof line, RUN "%s --threads %d", arguments, threads);
    tool_run(line, outcome);
    CHECK_IN(outcome->code == 0 && outcome->error[0] == '\0', "measure %s: exit %d: %s", line,
             outcome->code, outcome->error);
    without_seconds(outcome->out);
}

static void same_report(void **state)
{
    (void)state;
    static struct outcome one;
    static struct outcome many;
    static const char *const arguments[] = {
        "",
        "--precision f32",
        "--activation tanh --workspace 400000",
        "--method rademacher --probes 3",
        "--method sphere --probes 5 --precision f32",
        "--method gaussian",
        "--method orthogonal --probes 4",
        "--method hutchpp --probes 6",
        "--method finite-difference --activation tanh --limit 300",
        "--tolerance 0.05 --seed 3",
        "--spectral --limit 200",
    };
    for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++) {
        run(arguments[i], 1, &one);
        for (int threads = 2; threads <= 5; threads++) {
            run(arguments[i], threads, &many);
            CHECK_IN(strcmp(one.out, many.out) == 0, "measure %s --threads %d:\n%s\n%s",
                     arguments[i], threads, one.out, many.out);
        }
    }
}

static void same_file(const char *a, const char *b)
{
    static unsigned char bytes[2][1 << 20];
    const size_t size = read_bytes(a, bytes[0], sizeof bytes[0]);
    CHECK(size > 0 && size < sizeof bytes[0]);
    CHECK_IN(read_bytes(b, bytes[1], sizeof bytes[1]) == size &&
                 memcmp(bytes[0], bytes[1], size) == 0,
             "%s and %s differ", a, b);
}

static void same_files(void **state)
{
    (void)state;
    static struct outcome outcome;
    run("--energies one.npy --gradient one.safetensors", 1, &outcome);
    run("--energies many.npy --gradient many.safetensors", 4, &outcome);
    same_file("one.npy", "many.npy");
    same_file("one.safetensors", "many.safetensors");
}

static void numbers_of_threads(void **state)
{
    (void)state;
    tool_refuses(RUN "--threads 0", "--threads: '0' is not a whole number");
    tool_refuses(RUN "--threads two", "--threads");
    tool_refuses(RUN "--threads 257", "--threads: 257 is not a whole number in 1 .. 256");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_report),
        cmocka_unit_test(same_files),
        cmocka_unit_test(numbers_of_threads),
    };
    tool_is(argc, argv);
    return check_report("measure.threads",
                        cmocka_run_group_tests(tests, make_network, free_network));
}
