/* The document as it is. */
#include "reports.h"

void report_json(FILE *out, const json_t *document)
{
    json_dumpf(document, out, JSON_INDENT(1));
    fputc('\n', out);
}
