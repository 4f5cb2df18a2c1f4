/* On a terminal, work of more than a second shows how far it has come. */
#define _XOPEN_SOURCE 700
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "reference.h"
#include "support/check.h"
#include "tool.h"

#define WIDTH 512
#define MOST_SAMPLES 1024
#define SECONDS 1.7
#define SCREEN_SIZE 65536

static const char *tool;

static int make_files(void **state)
{
    (void)state;
    static const struct storage singles = {
        .weight_name = "fc%d.weight", .bias_name = "fc%d.bias", .singles = 1};
    const int64_t widths[] = {WIDTH, WIDTH, WIDTH, WIDTH};
    struct network_case network;
    network_make(&network, 3, widths, 1);
    network_write(&network, &singles, "w.safetensors");
    double *data = random_values((int64_t)MOST_SAMPLES * WIDTH, 2);
    write_samples("x.npy", MOST_SAMPLES, WIDTH, data, 1);
    free(data);
    network_destroy(&network);
    return 0;
}

static double seconds_of(const char *text)
{
    cJSON *json = cJSON_Parse(text);
    CHECK_IN(json != NULL, "no JSON: %s", text);
    const double seconds = json_number(json, "seconds");
    cJSON_Delete(json);
    return seconds;
}

static void become_tool(const char *limit, const char *terminal)
{
    setsid(); /* the first terminal it opens is then its own */
    const int error = open(terminal, O_RDWR);
    const int out = open("out.txt", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (error < 0 || out < 0 || dup2(error, STDERR_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
        _exit(126);
    execl(tool, "measure", "w.safetensors", "x.npy", "--json", "--layout", "out-in", "--limit", limit, (char *)NULL);
    _exit(127);
}

/* Run it with a terminal for its standard error; *code: its exit status. */
static void run_on_terminal(const char *limit, char *screen, int *code)
{
    size_t size = 0;
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    CHECK(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
    char *name = strdup(ptsname(terminal));
    /* Held open here, so that reading does not fail before the child has opened it. */
    const int held = open(name, O_RDWR | O_NOCTTY);
    CHECK(held >= 0);
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0)
        become_tool(limit, name);
    CHECK(child > 0);
    pid_t ended = 0;
    while (ended == 0) {
        struct pollfd ready = {.fd = terminal, .events = POLLIN};
        ended = waitpid(child, code, WNOHANG);
        while (poll(&ready, 1, ended == 0 ? 20 : 0) > 0 && size < SCREEN_SIZE - 1) {
            const ssize_t got = read(terminal, screen + size, SCREEN_SIZE - 1 - size);
            if (got <= 0)
                break;
            size += (size_t)got;
        }
    }
    screen[size] = '\0';
    close(held);
    close(terminal);
    free(name);
    CHECK(ended == child);
}

/* The percentages of the bars, which must not fall; the number of those below 100. */
static int bars_before_the_end(const char *screen)
{
    int bars = 0;
    long last = 0;
    for (const char *at = strstr(screen, "\r["); at != NULL; at = strstr(at + 2, "\r[")) {
        const char *end = strchr(at, ']');
        CHECK_IN(end != NULL, "no end of a bar: %s", at);
        const long percent = strtol(end + 1, NULL, 10);
        CHECK_IN(percent >= last && percent <= 100, "%ld %% after %ld %%", percent, last);
        CHECK_IN(strstr(end, "GC ") != NULL && strtod(strstr(end, "GC ") + 3, NULL) > 0.0,
                 "no value behind a bar: %s", at);
        last = percent;
        bars += percent < 100;
    }
    return bars;
}

/* As many samples as take long enough on this machine: a thousand at most. */
static void bar_of_slow_samples(void **state)
{
    (void)state;
    static char screen[SCREEN_SIZE];
    static struct outcome outcome;
    char limit[16];
    char first[64];
    int code = -1;
    snprintf(first, sizeof first, "w.safetensors x.npy --json --layout out-in --limit 12");
    tool_run(first, &outcome);
    CHECK_IN(outcome.code == 0 && outcome.error[0] == '\0', "exit %d: %s", outcome.code,
             outcome.error);
    const double sample = seconds_of(outcome.out) / 12.0;
    const double wanted = SECONDS / sample;
    const int samples = wanted < 12.0 ? 12 : wanted > MOST_SAMPLES ? MOST_SAMPLES : (int)wanted;
    snprintf(limit, sizeof limit, "%d", samples);
    run_on_terminal(limit, screen, &code);
    CHECK_IN(WIFEXITED(code) && WEXITSTATUS(code) == 0, "status %d: %s", code, screen);
    static unsigned char text[OUTPUT_SIZE];
    text[read_bytes("out.txt", text, sizeof text - 1)] = '\0';
    const double seconds = seconds_of((const char *)text);
    const int bars = bars_before_the_end(screen);
    print_message("%d samples in %.2f s: %d bars below 100 %%\n", samples, seconds, bars);
    /* Batches are at most half of the samples here. */
    if (seconds > 2.2 || (seconds > 1.3 && samples > 60))
        CHECK_IN(bars > 0, "no bar in %g s: %s", seconds, screen);
    if (seconds < 1.0)
        CHECK_IN(screen[0] == '\0', "a bar after %g s: %s", seconds, screen);
    if (bars > 0) {
        const size_t size = strlen(screen);
        CHECK_IN(size > 4 && strcmp(screen + size - 4, "\r\033[K") == 0, "not wiped: %s", screen);
    }
}

static void no_bar_of_fast_work(void **state)
{
    (void)state;
    static char screen[SCREEN_SIZE];
    int code = -1;
    run_on_terminal("1", screen, &code);
    CHECK(WIFEXITED(code) && WEXITSTATUS(code) == 0);
    static unsigned char text[OUTPUT_SIZE];
    text[read_bytes("out.txt", text, sizeof text - 1)] = '\0';
    if (seconds_of((const char *)text) < 1.0)
        CHECK_IN(screen[0] == '\0', "shown: %s", screen);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bar_of_slow_samples),
                                       cmocka_unit_test(no_bar_of_fast_work)};
    tool_is(argc, argv);
    tool = argv[1];
    return check_report("measure.progress", cmocka_run_group_tests(tests, make_files, NULL));
}
