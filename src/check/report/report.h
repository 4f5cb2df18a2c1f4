/* The caller's report. */
#ifndef DIRICHLET_CHECK_REPORT_H
#define DIRICHLET_CHECK_REPORT_H

#include "check/report/record.h"
#include "core/interface/message.h"
#include "dirichlet/check.h"
#include "dirichlet/status.h"

/* Can it be written to? NULL can. */
dirichlet_status report_check(const dirichlet_check_report *report, struct message *message);

/* The record to the report, which has been checked, and its first failure to the message: OK or
 * CONTRACT. */
dirichlet_status report_write(const struct check_record *record, dirichlet_check_report *report,
                              struct message *message);

#endif
