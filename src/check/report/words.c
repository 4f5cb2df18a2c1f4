#include "check/report/words.h"

#include <math.h>

#include "core/interface/message.h"

/* An item's name, what does not hold where it fails, and what is likely then. */
struct item_words {
    dirichlet_check_item item;
    const char *name;
    const char *fault;
    const char *cause;
};

static const struct item_words all_words[CHECK_ITEMS] = {
    {DIRICHLET_CHECK_RETURN, "return", "it does not return 0", "it failed"},
    {DIRICHLET_CHECK_WRITTEN, "written", "elements of its output are not written",
     "rows or directions are left out, or it adds to what is there"},
    {DIRICHLET_CHECK_BOUNDS, "bounds", "bytes around its output are written to",
     "it takes the call for a larger one"},
    {DIRICHLET_CHECK_INPUTS, "inputs", "elements of its inputs are changed",
     "it works in place: copy them first"},
    {DIRICHLET_CHECK_FINITE, "finite", "elements of its output are NaN or infinite",
     "an overflow, or the edge of the function's domain"},
    {DIRICHLET_CHECK_NONNEGATIVE, "nonnegative", "what should be a square is negative",
     "a sign, or a difference of squares"},
    {DIRICHLET_CHECK_REPEAT, "repeat", "the same call gives other numbers the second time",
     "dropout is on, or a call leaves a state behind"},
    {DIRICHLET_CHECK_ROWS, "rows", "a sample alone and among others differ",
     "batch statistics, a shared scale, another order, or `first` is not looked at"},
    {DIRICHLET_CHECK_DIRECTIONS, "directions", "a direction alone and among others differ",
     "only the first is looked at, or the order is another"},
    {DIRICHLET_CHECK_POINTS, "points", "a point alone and among others of its sample differ",
     "the rows are (samples, points), or each point is taken for a sample"},
    {DIRICHLET_CHECK_LINEAR, "linear", "the products are not linear",
     "a constant is added, or the directions are clipped or normalized"},
    {DIRICHLET_CHECK_TRANSPOSED, "transposed", "<u, J v> and <J^T u, v> of jvp and vjp differ",
     "a transposed index, a factor, or a layer that one of the two leaves out"},
    {DIRICHLET_CHECK_DERIVATIVE, "derivative", "it is not what differences of forward show",
     "a factor, a layer left out, or the derivative of another activation"},
    {DIRICHLET_CHECK_ENERGIES, "energies", "they are not the squares of all products",
     "a mean in the place of a sum, or softmax in the place of its inputs"},
    {DIRICHLET_CHECK_NORMS, "norms", "they are not ||J^T u||^2", "the norm and not its square"},
    {DIRICHLET_CHECK_PARAMETERS, "parameters", "it is not what differences of forward show",
     "a mean over the rows and not their sum, a sign, or a layer left out"}};

static const struct item_words *words_of(dirichlet_check_item item)
{
    for (int i = 0; i < CHECK_ITEMS; i++)
        if (all_words[i].item == item)
            return &all_words[i];
    return NULL;
}

const char *dirichlet_check_item_name(dirichlet_check_item item)
{
    const struct item_words *words = words_of(item);
    return words != NULL ? words->name : "unknown";
}

/* What is known of a number that a callback returned. */
static const char *meaning_of(int32_t code)
{
    switch (code) {
    case DIRICHLET_CALLBACK_UNSUPPORTED:
        return "UNSUPPORTED: leave it out of the table, or never return this";
    case DIRICHLET_CALLBACK_OUT_OF_DOMAIN:
        return "OUT_OF_DOMAIN: the function is not defined at a sample";
    default: return code < 0 ? "negative numbers are reserved" : "it failed";
    }
}

static size_t append_place(const struct check_line *line, char *text, size_t size, size_t used)
{
    if (line->sample >= 0)
        used = message_append(text, size, used, "; sample %lld", (long long)line->sample);
    if (line->code != 0)
        return message_append(text, size, used, "; returned %d", (int)line->code);
    return message_append(text, size, used, "; found %.3g, allowed %.3g", line->found,
                          line->allowed);
}

/* Near 1 the difference tells, however small it is. */
static size_t append_factor(double factor, char *text, size_t size, size_t used)
{
    const double more = factor - 1.0;
    if (fabs(more) < 0.005)
        return message_append(text, size, used, "; everywhere 1 %c %.3g times what it should be",
                              more < 0.0 ? '-' : '+', fabs(more));
    return message_append(text, size, used, "; everywhere %.4g times what it should be", factor);
}

static void append_cause(const struct check_line *line, const struct item_words *words, char *text,
                         size_t size, size_t used)
{
    if (line->code != 0)
        used = message_append(text, size, used, "; %s", meaning_of(line->code));
    else if (isfinite(line->factor))
        used = append_factor(line->factor, text, size, used);
    else
        used = message_append(text, size, used, "; likely: %s",
                              line->cause != NULL ? line->cause : words->cause);
    (void)used;
}

void words_of_line(const struct check_line *line, dirichlet_callback callback,
                   dirichlet_check_item item, char *text, size_t size)
{
    const struct item_words *words = words_of(item);
    const bool fails = line_fails(line);
    size_t used = message_append(text, size, 0, "%s, %s: %s", dirichlet_callback_name(callback),
                                 words->name, fails ? words->fault : "holds");
    used = append_place(line, text, size, used);
    if (fails)
        append_cause(line, words, text, size, used);
}
