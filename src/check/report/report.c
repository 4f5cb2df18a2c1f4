#include "check/report/report.h"

#include <string.h>

#include "check/report/words.h"
#include "core/interface/versioned_struct.h"

static dirichlet_status check_findings(const dirichlet_check_report *report,
                                       struct message *message)
{
    const unsigned char *findings = (const unsigned char *)report->findings;
    size_t first = 0;
    memcpy(&first, findings, sizeof first);
    const dirichlet_status status = versioned_struct_check(first, "report.findings[0]", message);
    for (int64_t i = 1; status == DIRICHLET_OK && i < report->capacity; i++) {
        size_t size = 0;
        memcpy(&size, findings + (size_t)i * first, sizeof size);
        if (size != first)
            return message_fail(message, DIRICHLET_E_STRUCT_SIZE,
                                "report.findings[%lld].struct_size is %zu, that of the first "
                                "element %zu",
                                (long long)i, size, first);
    }
    return status;
}

dirichlet_status report_check(const dirichlet_check_report *report, struct message *message)
{
    dirichlet_check_report copy;
    if (report == NULL)
        return DIRICHLET_OK;
    const dirichlet_status status =
        versioned_struct_read(&copy, sizeof copy, report, report->struct_size, "report", message);
    if (status != DIRICHLET_OK)
        return status;
    if (copy.reserved != NULL)
        return message_fail(message, DIRICHLET_E_RANGE, "report.reserved must be NULL");
    if (copy.capacity < 0)
        return message_fail(message, DIRICHLET_E_RANGE, "report.capacity is %lld: it must be >= 0",
                            (long long)copy.capacity);
    if (copy.capacity > 0 && copy.findings == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "report.findings is NULL");
    return copy.capacity > 0 ? check_findings(&copy, message) : DIRICHLET_OK;
}

static void write_finding(const struct check_line *line, dirichlet_callback callback,
                          dirichlet_check_item item, int64_t index, dirichlet_check_finding *all)
{
    dirichlet_check_finding finding;
    memset(&finding, 0, sizeof finding);
    finding.item = item;
    finding.callback = callback;
    finding.holds = !line_fails(line);
    finding.callback_code = line->code;
    finding.sample = line->sample;
    finding.found = line->found;
    finding.allowed = line->allowed;
    words_of_line(line, callback, item, finding.text, sizeof finding.text);
    versioned_struct_write_element(&finding, sizeof finding, all, index);
}

/* The lines that fail, or those that hold, to the report's findings from its count on. */
static void write_lines(const struct check_record *record, bool fails,
                        dirichlet_check_report *report)
{
    for (int i = 0; i < CHECK_ITEMS; i++)
        for (int c = 0; c < CHECK_CALLBACKS; c++) {
            const struct check_line *line = &record->line[c][i];
            if (!line->looked || line_fails(line) != fails)
                continue;
            if (report->count < report->capacity)
                write_finding(line, check_callbacks[c], check_items[i], report->count,
                              report->findings);
            report->count++;
            report->failed += fails;
        }
}

static dirichlet_status first_failure(const struct check_record *record, struct message *message)
{
    for (int i = 0; i < CHECK_ITEMS; i++)
        for (int c = 0; c < CHECK_CALLBACKS; c++) {
            const struct check_line *line = &record->line[c][i];
            char text[DIRICHLET_MESSAGE_SIZE];
            if (!line_fails(line))
                continue;
            words_of_line(line, check_callbacks[c], check_items[i], text, sizeof text);
            (void)message_fail(message, DIRICHLET_E_CONTRACT, "%s", text);
            (void)message_with_sample(message, line->sample, DIRICHLET_E_CONTRACT);
            return message_with_code(message, line->code, DIRICHLET_E_CONTRACT);
        }
    return DIRICHLET_OK;
}

dirichlet_status report_write(const struct check_record *record, dirichlet_check_report *report,
                              struct message *message)
{
    dirichlet_check_report copy;
    if (report != NULL) {
        (void)versioned_struct_read(&copy, sizeof copy, report, report->struct_size, "report",
                                    NULL);
        copy.count = 0;
        copy.failed = 0;
        copy.calls = record->calls;
        write_lines(record, true, &copy);
        write_lines(record, false, &copy);
        (void)versioned_struct_write(&copy, sizeof copy, report, report->struct_size, "report",
                                     NULL);
    }
    return first_failure(record, message);
}
