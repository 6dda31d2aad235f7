#include "html.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "../../profile/loader/visible.h"

/* U+FFFE and U+FFFF are UTF-8 but no characters of XML. Source: XML 1.0, production 2. */
static size_t character(const char *bytes, size_t length)
{
    size_t size = visible_character(bytes, length);
    if (size == 3 && memcmp(bytes, "\xef\xbf", 2) == 0 && (bytes[2] == '\xbe' || bytes[2] == '\xbf'))
        return 0;
    return size;
}

static const char *entity(char character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static void put_bytes(FILE *page, const char *text, size_t length)
{
    for (size_t at = 0, size; at < length; at += size) {
        size = character(text + at, length - at);
        const char *name = size == 1 ? entity(text[at]) : NULL;
        if (name)
            fputs(name, page);
        else if (size)
            fwrite(text + at, 1, size, page);
        else
            fprintf(page, "\\x%02x", (unsigned char)text[at]);
        size = size ? size : 1;
    }
}

void html_text(FILE *page, const char *text)
{
    put_bytes(page, text, strlen(text));
}

/* The conversion that begins at a '%': its flags and length are kept, its letter is the last of them. */
struct conversion {
    char form[16];
    size_t length;
    int longs;
};

static struct conversion read_conversion(const char *format)
{
    struct conversion found = {.length = strspn(format + 1, "-+ #0123456789.*lz") + 2};
    size_t size = found.length < sizeof found.form ? found.length : sizeof found.form - 1;
    memcpy(found.form, format, size);
    for (size_t i = 0; i < size; i++)
        found.longs += found.form[i] == 'l' || found.form[i] == 'z';
    return found;
}

static void put_whole(FILE *page, const struct conversion *found, va_list *arguments)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    if (found->longs == 2)
        fprintf(page, found->form, va_arg(*arguments, unsigned long long));
    else if (found->longs == 1)
        fprintf(page, found->form, va_arg(*arguments, unsigned long));
    else
        fprintf(page, found->form, va_arg(*arguments, unsigned int));
#pragma GCC diagnostic pop
}

static void put_broken(FILE *page, const struct conversion *found, double number)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    fprintf(page, found->form, number);
#pragma GCC diagnostic pop
}

static void put_conversion(FILE *page, const struct conversion *found, va_list *arguments)
{
    char letter = found->form[found->length - 1];
    if (letter == 's' && strcmp(found->form, "%.*s") == 0) {
        int length = va_arg(*arguments, int);
        const char *text = va_arg(*arguments, const char *);
        put_bytes(page, text, strnlen(text, length > 0 ? (size_t)length : 0));
    } else if (letter == 's') {
        html_text(page, va_arg(*arguments, const char *));
    } else if (letter == '%') {
        fputc('%', page);
    } else if (letter == 'c') {
        char one = (char)va_arg(*arguments, int);
        put_bytes(page, &one, 1);
    } else if (letter == 'f' || letter == 'g') {
        put_broken(page, found, va_arg(*arguments, double));
    } else {
        put_whole(page, found, arguments);
    }
}

void html(FILE *page, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    while (*format) {
        size_t plain = strcspn(format, "%");
        fwrite(format, 1, plain, page);
        format += plain;
        if (*format) {
            struct conversion found = read_conversion(format);
            put_conversion(page, &found, &arguments);
            format += found.length;
        }
    }
    va_end(arguments);
}
