#include "text_caller.h"

#include <stdio.h>
#include <string.h>

#include "../../profile/loader/visible.h"
#include "../path.h"
#include "paint.h"
#include "text_parts.h"

/* "accept_one (server.c:12)", "accept_one (/usr/bin/server+0x1234)" or "0x7f0123456789" */
static void format_frame(const struct caller_frame *frame, char *text, size_t size)
{
    const struct symbol *symbol = &frame->symbol;
    char function[512] = "", where[2048] = "", path[1024] = "";
    const char *file = base_name(symbol->file);
    if (symbol->line) {
        visible_copy(path, sizeof path, file, strlen(file), VISIBLE_EXACT);
        snprintf(where, sizeof where, "%s:%d", path, symbol->line);
    } else if (frame->module) {
        visible_copy(path, sizeof path, frame->module->path, strlen(frame->module->path), VISIBLE_EXACT);
        snprintf(where, sizeof where, "%s%s+%#llx", frame->module->path_is_cut ? "..." : "", path,
                 (unsigned long long)frame->place.offset);
    } else {
        snprintf(where, sizeof where, "%#llx", (unsigned long long)frame->place.offset);
    }
    visible_copy(function, sizeof function, symbol->function, strlen(symbol->function), VISIBLE_EXACT);
    if (function[0])
        snprintf(text, size, "%s (%s)", function, where);
    else
        snprintf(text, size, "%s", where);
}

void print_caller(struct printer *printer, const struct caller *caller)
{
    char text[2048];
    if (!caller)
        return;
    format_frame(&caller->frames[0], text, sizeof text);
    text_line_add(&printer->line, "%s; called from %s%s", paint(printer, DIM), text, paint(printer, PLAIN));
}

void print_stack(struct printer *printer, struct caller *caller)
{
    char text[2048];
    for (size_t i = 1; caller && !caller->is_told && i < caller->count; i++) {
        format_frame(&caller->frames[i], text, sizeof text);
        text_line_add(&printer->line, "%s    by %s%s", paint(printer, DIM), text, paint(printer, PLAIN));
        end_record(printer);
    }
    if (caller)
        caller->is_told = true;
}
