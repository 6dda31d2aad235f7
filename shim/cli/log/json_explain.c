#include "json_explain.h"

#include <stdio.h>
#include <string.h>

#include "json_parts.h"

static void put_rule(const struct explained_rule *rule)
{
    printf("{\"key\":");
    put_string(rule->key, strlen(rule->key));
    put_member("value", rule->value);
    put_member("firmness", rule->firmness);
    if (rule->source[0])
        put_member("source", rule->source);
    if (rule->place[0])
        put_member("place", rule->place);
    if (rule->help[0])
        put_member("rule", rule->help);
    if (rule->native[0])
        put_member("linux", rule->native);
    putchar('}');
}

void put_explanation(const struct explanation *explanation)
{
    put_member("linux", explanation->native);
    put_member("profile", explanation->profile);
    if (explanation->fault[0])
        put_member("profile_fault", explanation->fault);
    printf(",\"rules\":[");
    for (size_t i = 0; i < explanation->count; i++) {
        fputs(i ? "," : "", stdout);
        put_rule(&explanation->rules[i]);
    }
    putchar(']');
}
