/* close: never recorded. A listener that the gatekeeper holds too is to be closed when its program has closed it. */
#include "guest.h"
#include "hooks.h"
#include "settle.h"

#include "careful.h"

int hook_close(int fd)
{
    if (!guest.gated || !settle_minds_close(fd))
        return real.close(fd);
    int result = real.close(fd);
    settle_after_close();
    return result;
}
