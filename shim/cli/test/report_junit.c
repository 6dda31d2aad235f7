#include "reports.h"
void report_junit(FILE *out, const json_t *document)
{
    (void)out;
    (void)document;
}
