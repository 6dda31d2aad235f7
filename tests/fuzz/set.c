/* What nobody would write into LISTENAS_SET: its first byte chooses the profile that it changes. */
#include <string.h>

#include "../../shim/profile/builtin.h"
#include "fuzz.h"
#include "loaded.h"

#define SETTING_MOST 4096

const char fuzz_name[] = "set";
const unsigned int fuzz_runs = 2000;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char setting[SETTING_MOST];
    if (size < 1)
        return 0;
    size_t length = size - 1 < sizeof setting ? size - 1 : sizeof setting - 1;
    memcpy(setting, data + 1, length);
    setting[length] = '\0';
    check_load(builtin_profiles[data[0] % builtin_count].name, setting);
    return 0;
}

size_t fuzz_sample(size_t index, uint8_t *input)
{
    static const char *const settings[] = {
        "alisten.backlog_max=64,listen.capacity_tcp=3/2 b + 1 min 1 max 128,accept.accept4=ENOSYS",
        "blisten.capacity_tcp=2147483647/1 b + 2147483647,listen.backlog_floor=2147483647,listen.backlog_negative=hint",
        "cfilter.install=dataready,filter.option=yes,filter.overflow=reset,host.somaxconn=128,bind.port_min=1024",
        "elisten.backlog_max=4294967301,listen.backlog_floor=-1,host.somaxconn=99999999999999999999",
        "flisten.backlog_max=4294967301",
        "dlisten.backlog_max = 5 , accept.inherit_nonblock = yes,,connect.retry=2",
    };
    if (index >= sizeof settings / sizeof *settings)
        return 0;
    size_t size = strlen(settings[index]);
    memcpy(input, settings[index], size);
    return size;
}
