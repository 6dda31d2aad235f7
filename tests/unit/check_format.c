/* That the description of the ring file leaves no byte out. */
#include "../suite.h"

#include <string.h>

#include "../../shim/ring/layout.h"

struct row {
    const char *structure, *name;
    size_t offset, bytes;
    const char *text;
};

#define STRUCT(name, bytes, text) {#name, NULL, 0, bytes, text},
#define FIELD(structure, name, offset, bytes, text) {#structure, #name, offset, bytes, text},
#define UNUSED(structure, offset, bytes) {#structure, "", offset, bytes, NULL},
static const struct row rows[] = {
#include "../../shim/ring/format.def"
};

#define ROWS (sizeof rows / sizeof *rows)

START_TEST(each_byte_has_one_row)
{
    size_t structures = 0;
    for (size_t i = 0; i < ROWS;) {
        const struct row *structure = &rows[i++];
        size_t end = 0;
        ck_assert_ptr_null(structure->name);
        for (; i < ROWS && rows[i].name; i++) {
            ck_assert_str_eq(rows[i].structure, structure->structure);
            ck_assert_msg(rows[i].offset == end, "%s.%s", structure->structure, rows[i].name);
            end += rows[i].bytes;
        }
        ck_assert_msg(end == structure->bytes, "%s", structure->structure);
        structures++;
    }
    ck_assert_uint_eq(structures, 15);
}
END_TEST

START_TEST(each_field_is_explained)
{
    for (size_t i = 0; i < ROWS; i++)
        ck_assert((rows[i].name && !rows[i].name[0]) || (rows[i].text && rows[i].text[0]));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("format");
    TCase *format = tcase_create("format");
    tcase_add_test(format, each_byte_has_one_row);
    tcase_add_test(format, each_field_is_explained);
    suite_add_tcase(suite, format);
    return suite_run(suite);
}
