/*
 * Runs when listenas is built: loads the profiles that its arguments name and prints the settings of each one's own
 * file as C. Constants appear by name, since the machine that builds may number errors differently from the one that
 * runs the library.
 */
#include <stdio.h>
#include <string.h>

#include "../builtin.h"
#include "../errno_name.h"
#include "../loader/dropins.h"
#include "../loader/load.h"

#define PROFILES_MOST 100

/* This program itself has no built-in profiles. */
const int builtin_count = 0;
const struct builtin_profile builtin_profiles[1];
const struct builtin_setting builtin_settings[1];
const struct formula builtin_formulas[1];
const struct errors builtin_errors[1];
const struct builtin builtins[1];

/* All other programs get their initial values from this one. */
void key_reset(struct profile *profile, enum key key)
{
    bool promise_only;
    key_set(profile, key, key_rows[key].initial, &promise_only);
}

void profile_reset(struct profile *profile)
{
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        key_reset(profile, key);
}

/* No call is ever made under the profiles that this program loads. */
void profile_derive(struct profile *profile)
{
    (void)profile;
}

/* The drop-ins of the machine that builds do not count. */
void dropins_begin(struct dropins *dropins)
{
    dropins->left = 0;
}

bool dropins_next(struct dropins *dropins, const char *name)
{
    (void)dropins, (void)name;
    return false;
}

bool dropin_is_trusted(const struct stat *status)
{
    (void)status;
    return false;
}

static const char *const word_constants[] = {
#define WORD(constant, spelling) "WORD_" #constant,
#include "../words.def"
    "WORD_NUMBER",
    "WORD_ERRNO",
};

/* The part after "KEY_", which is also the field's name. */
static const char *const key_constants[KEY_COUNT] = {
#define KEY(section, name, kind, help, advice, ...) [KEY_##section##_##name] = #section "_" #name,
#include "../keys.def"
};

static struct annotated_profile loaded[PROFILES_MOST];
static int first_of[PROFILES_MOST + 1];

static void tell(const char *diagnostic)
{
    fprintf(stderr, "%s\n", diagnostic);
}

static bool load(struct annotated_profile *annotated, const char *name)
{
    struct diagnostics diagnostics = {.tell = tell};
    bool fits = strlen(name) < BUILTIN_NAME;
    if (!fits)
        fprintf(stderr, "%s: the name is too long; expected at most %d bytes\n", name, BUILTIN_NAME - 1);
    bool good = annotated_profile_load(annotated, name, NULL, NULL, &diagnostics);
    if (annotated->programs > 0)
        fprintf(stderr, "%s: a built-in profile has no section for a program\n", name);
    return fits && good && annotated->programs == 0;
}

/* The file that was asked for is the first of the list. */
static bool is_own(const struct annotated_profile *annotated, enum key key)
{
    return annotated->entries[key].standing != STANDING_INITIAL && annotated->entries[key].file == 0;
}

static const void *field_of(const struct profile *profile, enum key key)
{
    return (const char *)profile + key_fields[key].offset;
}

static void print_value(const char *front, const char *key, const char *middle, const struct value *value)
{
    printf("    %s%s%s", front, key, middle);
    if (value->word == WORD_ERRNO)
        printf("WORD_ERRNO, %s},\n", errno_name(value->number));
    else
        printf("%s, %d},\n", word_constants[value->word], value->word == WORD_NUMBER ? value->number : 0);
}

static int print_settings(const struct annotated_profile *annotated, int *formulas, int *errors)
{
    int count = 0;
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        if (!is_own(annotated, key))
            continue;
        if (key_fields[key].kind == KIND_FORMULA)
            printf("    {KEY_%s, 0, %d},\n", key_constants[key], (*formulas)++);
        else if (key_fields[key].kind == KIND_ERRORS)
            printf("    {KEY_%s, 0, %d},\n", key_constants[key], (*errors)++);
        else
            print_value("{KEY_", key_constants[key], ", ", field_of(&annotated->profile, key));
        count++;
    }
    return count;
}

static void print_all_settings(int count)
{
    int formulas = 0, errors = 0;
    puts("\nconst struct builtin_setting builtin_settings[] = {");
    for (int i = 0; i < count; i++)
        first_of[i + 1] = first_of[i] + print_settings(&loaded[i], &formulas, &errors);
    puts("    {KEY_NONE, 0, 0},\n};");
}

static void print_formula(const char *front, const char *key, const char *middle, const struct formula *it)
{
    printf("    %s%s%s{.kernel = %d, .times = %d, .over = %d, .plus = %d, .min = %d, .max = %d},\n", front, key, middle,
           it->kernel, it->times, it->over, it->plus, it->min, it->max);
}

static void print_formulas(int count)
{
    puts("\nconst struct formula builtin_formulas[] = {");
    for (int i = 0; i < count; i++)
        for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
            if (is_own(&loaded[i], key) && key_fields[key].kind == KIND_FORMULA)
                print_formula("", "", "", field_of(&loaded[i].profile, key));
    puts("{.kernel = 1},\n};");
}

/* Each error by its name: `bit` of word `word` of a set. */
static void print_errors(const char *front, const char *key, const char *middle, const struct errors *set)
{
    printf("    %s%s%s{{0", front, key, middle);
    for (int word = 0; word < (int)(sizeof set->bits / sizeof *set->bits); word++) {
        if (word > 0)
            fputs(", 0", stdout);
        for (int error = 1; error < ERRNO_END; error++)
            if (errors_has(set, error))
                printf(" | (%s / 32 == %d ? 1u << %s %% 32 : 0)", errno_name(error), word, errno_name(error));
    }
    puts("}},");
}

static void print_all_errors(int count)
{
    puts("\nconst struct errors builtin_errors[] = {");
    for (int i = 0; i < count; i++)
        for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
            if (is_own(&loaded[i], key) && key_fields[key].kind == KIND_ERRORS)
                print_errors("", "", "", field_of(&loaded[i].profile, key));
    puts("    {{0}},\n};");
}

static void print_initial(void)
{
    struct profile initial;
    profile_reset(&initial);
    puts("\nconst struct profile builtin_initial = {");
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        if (key_fields[key].kind == KIND_VALUE)
            print_value(".", key_constants[key], " = {", field_of(&initial, key));
        else if (key_fields[key].kind == KIND_ERRORS)
            print_errors(".", key_constants[key], " = ", field_of(&initial, key));
        else
            print_formula(".", key_constants[key], " = ", field_of(&initial, key));
    }
    puts("};");
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
        const struct annotated_profile *annotated = &loaded[i];
        int parent = index_of(annotated->parent, names, count);
        if (annotated->parent[0] && parent < 0) {
            fprintf(stderr, "%s: inherits \"%s\", which is not built in\n", names[i], annotated->parent);
            return false;
        }
        printf("    {\"%s\", %d, %d, %d, %d},\n", names[i], parent, annotated->parent_line, first_of[i],
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
        if (!load(&loaded[i], names[i]))
            return 1;
    puts("/* Written by shim/profile/resolve. */\n#include <errno.h>\n\n#include \"builtin.h\"");
    print_all_settings(count);
    print_formulas(count);
    print_all_errors(count);
    print_initial();
    return print_profiles(names, count) && fflush(stdout) == 0 ? 0 : 1;
}
