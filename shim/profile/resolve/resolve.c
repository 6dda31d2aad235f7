/*
 * Runs when listenas is built: loads the profiles that its arguments name and prints, as C, the settings of each one's
 * own file. Constants stand there by name, since the machine that builds may number errors otherwise than the one that
 * runs the library.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "../book.h"
#include "../builtin.h"

#define PROFILES_MOST 100

/* This program is the one that finds no profile built in. */
const int builtin_count = 0;
const struct builtin_profile builtin_profiles[1];
const struct builtin_setting builtin_settings[1];
const struct formula builtin_formulas[1];
const struct builtin builtins[1];

static const char *const word_constants[] = {
#define WORD(constant, spelling) "WORD_" #constant,
#include "../words.def"
    "WORD_NUMBER",
    "WORD_ERRNO",
};

static const char *const key_constants[KEY_COUNT] = {
#define KEY(section, name, kind, legal, initial, native, help, advice)                                                 \
    [KEY_##section##_##name] = "KEY_" #section "_" #name,
#include "../keys.def"
};

static struct book books[PROFILES_MOST];
static int first_of[PROFILES_MOST + 1];

static void tell(const char *complaint)
{
    fprintf(stderr, "%s\n", complaint);
}

static bool load(struct book *book, const char *name)
{
    struct complaints complaints = {.tell = tell};
    bool fits = strlen(name) < BUILTIN_NAME;
    if (!fits)
        fprintf(stderr, "%s: the name is too long; expected at most %d bytes\n", name, BUILTIN_NAME - 1);
    bool good = book_load(book, name, NULL, NULL, &complaints);
    if (book->programs > 0)
        fprintf(stderr, "%s: a built-in profile has no section for a program\n", name);
    return fits && good && book->programs == 0;
}

/* The file that was asked for is the first that a book knows. */
static bool is_own(const struct book *book, enum key key)
{
    return book->entries[key].standing != STANDING_INITIAL && book->entries[key].file == 0;
}

static const void *field_of(const struct book *book, enum key key)
{
    return (const char *)&book->profile + key_fields[key].offset;
}

static void print_value(enum key key, const struct value *value)
{
    printf("    {%s, %s, ", key_constants[key], word_constants[value->word]);
    if (value->word == WORD_ERRNO)
        printf("%s},\n", errno_name(value->number));
    else
        printf("%d},\n", value->word == WORD_NUMBER ? value->number : 0);
}

static int print_settings(const struct book *book, int *formulas)
{
    int count = 0;
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        if (!is_own(book, key))
            continue;
        if (key_fields[key].kind == KIND_FORMULA)
            printf("    {%s, 0, %d},\n", key_constants[key], (*formulas)++);
        else
            print_value(key, field_of(book, key));
        count++;
    }
    return count;
}

static void print_all_settings(int count)
{
    int formulas = 0;
    puts("\nconst struct builtin_setting builtin_settings[] = {");
    for (int i = 0; i < count; i++)
        first_of[i + 1] = first_of[i] + print_settings(&books[i], &formulas);
    puts("    {KEY_NONE, 0, 0},\n};");
}

static void print_formula(const struct formula *it)
{
    if (it->kernel)
        puts("    {.kernel = true},");
    else
        printf("    {.times = %d, .over = %d, .plus = %d, .min = %d, .max = %d},\n", it->times, it->over, it->plus,
               it->min, it->max);
}

static void print_formulas(int count)
{
    puts("\nconst struct formula builtin_formulas[] = {");
    for (int i = 0; i < count; i++)
        for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
            if (is_own(&books[i], key) && key_fields[key].kind == KIND_FORMULA)
                print_formula(field_of(&books[i], key));
    puts("    {.kernel = true},\n};");
}

static int index_of(const char *name, char **names, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static bool print_profiles(char **names, int count)
{
    printf("\nconst int builtin_count = %d;\n\nconst struct builtin_profile builtin_profiles[] = {\n", count);
    for (int i = 0; i < count; i++) {
        const struct book *book = &books[i];
        int parent = index_of(book->parent, names, count);
        if (book->parent[0] && parent < 0) {
            fprintf(stderr, "%s: inherits \"%s\", which is not built in\n", names[i], book->parent);
            return false;
        }
        printf("    {\"%s\", %d, %d, %d, %d},\n", names[i], parent, book->parent_line, first_of[i],
               first_of[i + 1] - first_of[i]);
    }
    puts("};");
    return true;
}

int main(int count, char **names)
{
    names++, count--;
    if (count < 1 || count > PROFILES_MOST) {
        fprintf(stderr, "resolve: expected from 1 to %d names of profiles\n", PROFILES_MOST);
        return 1;
    }
    for (int i = 0; i < count; i++)
        if (!load(&books[i], names[i]))
            return 1;
    puts("/* Written by shim/profile/resolve. */\n#include <errno.h>\n\n#include \"builtin.h\"");
    print_all_settings(count);
    print_formulas(count);
    return print_profiles(names, count) && fflush(stdout) == 0 ? 0 : 1;
}
