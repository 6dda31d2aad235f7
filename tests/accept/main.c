#include "probe.h"

int main(void)
{
    raise_limit();
    enter_folder("accept");
    for (int i = 0; i < 3; i++) {
        if (!domain_is_here(all_domains[i]))
            continue;
        ask_queue(all_domains[i]);
        ask_states(all_domains[i]);
        ask_flags(all_domains[i]);
        ask_options(all_domains[i]);
        ask_ends(all_domains[i]);
        ask_lengths(all_domains[i]);
    }
    return 0;
}
