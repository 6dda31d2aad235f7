#include "json_caller.h"

#include <inttypes.h>
#include <stdio.h>

#include "json_parts.h"

static void put_frame(const struct caller_frame *frame)
{
    const struct module *module = frame->module;
    printf("\"%s\":\"%#" PRIx64 "\"", module ? "offset" : "address", frame->place.offset);
    if (module)
        put_member("module", module->path);
    if (module && module->path_is_cut)
        printf(",\"module_cut\":true");
    if (module && module->build_id_size) {
        printf(",\"build_id\":\"");
        for (size_t i = 0; i < module->build_id_size; i++)
            printf("%02x", module->build_id[i]);
        putchar('"');
    }
    if (frame->symbol.function[0])
        put_member("function", frame->symbol.function);
    if (frame->symbol.line) {
        put_member("file", frame->symbol.file);
        printf(",\"line\":%d", frame->symbol.line);
    }
}

void put_caller(const struct caller *caller)
{
    if (!caller)
        return;
    putchar(',');
    put_frame(&caller->frames[0]);
    printf(",\"frames\":[");
    for (size_t i = 0; i < caller->count; i++) {
        printf("%s{", i ? "," : "");
        put_frame(&caller->frames[i]);
        putchar('}');
    }
    putchar(']');
}
