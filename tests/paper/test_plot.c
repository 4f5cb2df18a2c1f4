/* Figures with what plots stumble over: no points, one point, zeros on a logarithmic axis, missing
 * values. gnuplot must have nothing to say; without gnuplot there is nothing to test. */
#include <math.h>
#include <string.h>

#include "file.h"
#include "gnuplot.h"
#include "plot.h"
#include "support/check.h"

static const double x[] = {0, 1e-3, 1e-2, 1e-1};
static const double y[] = {900, NAN, 30, 2};
static const double low[] = {800, NAN, 20, 1};
static const double high[] = {1000, NAN, 40, 3};
static const double negative[] = {-1, 2, -3, 1};
static const double none[] = {NAN, NAN, NAN, NAN};

static void check_file(const char *path, const char *begin)
{
    struct bytes bytes;
    struct problem problem = {"", 0};
    CHECK_IN(file_read(path, (size_t)1 << 24, NULL, &bytes, &problem) == 0, "%s", problem.text);
    printf("%s: %zu bytes\n", path, bytes.size);
    CHECK(bytes.size > 1000 && memcmp(bytes.data, begin, strlen(begin)) == 0);
    bytes_free(&bytes);
}

static void draw(const char *stem, int panels, const struct plot_panel *panel)
{
    struct problem problem = {"", 0};
    char path[64];
    CHECK_IN(plot_write(stem, panels, panel, &problem) == 0, "%s", problem.text);
    snprintf(path, sizeof path, "%s.svg", stem);
    check_file(path, "<?xml");
    snprintf(path, sizeof path, "%s.png", stem);
    check_file(path, "\x89PNG");
}

static void figures(void **state)
{
    (void)state;
    const struct plot_series band = {
        .title = "band", .count = 4, .x = x, .y = y, .low = low, .high = high};
    struct plot_series bars = band;
    bars.style = PLOT_POINTS;
    const struct plot_series empty = {.title = "nothing", .count = 4, .x = x, .y = none};
    const struct plot_series signs = {.style = PLOT_POINTS, .count = 4, .x = x, .y = negative};
    const struct plot_series single = {.style = PLOT_LINE, .count = 1, .x = x + 1, .y = y + 2};
    struct plot_panel panels[] = {
        {.x_title = "x", .y_title = "y", .log_x = 1, .log_y = 1, .tick_count = 4, .ticks = x},
        {.x_title = "x", .y_title = "y", .title = "a title"},
        {.x_title = "x", .y_title = "y", .log_x = 1},
        {.x_title = "x", .y_title = "y", .log_y = 1}};
    panels[0].series[panels[0].series_count++] = band;
    panels[0].series[panels[0].series_count++] = empty;
    panels[1].series[panels[1].series_count++] = signs;
    panels[1].series[panels[1].series_count++] = band;
    panels[2].series[panels[2].series_count++] = single;
    panels[3].series[panels[3].series_count++] = empty;
    panels[3].series[panels[3].series_count++] = bars;
    draw("one", 1, panels);
    draw("four", 4, panels);
}

static void a_place_that_is_not_there(void **state)
{
    (void)state;
    struct problem problem = {"", 0};
    struct plot_panel panel = {.x_title = "x", .y_title = "y", .series_count = 1};
    panel.series[0] = (struct plot_series){.count = 4, .x = x, .y = negative};
    CHECK(plot_write("no/such/folder/figure", 1, &panel, &problem) == -1);
    printf("%s\n", problem.text);
}

static void a_bad_script(void **state)
{
    (void)state;
    struct problem problem = {"", 0};
    struct bytes output;
    FILE *script = NULL;
    CHECK(gnuplot_script(&script, &problem) == 0);
    fputs("exit status 3\n", script);
    CHECK(gnuplot_run(script, &output, &problem) == -1);
    CHECK_IN(strcmp(problem.text, "gnuplot: failed") == 0, "%s", problem.text);
}

static void decades(void **state)
{
    (void)state;
    const double close[] = {0, 1, 9.9};
    CHECK(plot_spans_decades(4, x));
    CHECK(!plot_spans_decades(3, close));
    CHECK(!plot_spans_decades(4, none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(figures),
                                       cmocka_unit_test(a_place_that_is_not_there),
                                       cmocka_unit_test(a_bad_script), cmocka_unit_test(decades)};
    struct problem problem = {"", 0};
    if (gnuplot_check(&problem) != 0) {
        printf("skipped: %s\n", problem.text);
        return 77;
    }
    return check_report("paper.plot", cmocka_run_group_tests(tests, NULL, NULL));
}
