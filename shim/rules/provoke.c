#include "provoke.h"

#include <errno.h>

/* A number that looks random, of another: the last step of SplitMix64 (Steele, Lea and Flood, 2014). */
static uint64_t scatter(uint64_t it)
{
    it = (it ^ it >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    it = (it ^ it >> 27) * UINT64_C(0x94d049bb133111eb);
    return it ^ it >> 31;
}

/* By the number alone, with no state: threads that call at once need no order among them. */
static bool is_chosen(const struct provocation *it, uint64_t seed, uint64_t number)
{
    uint64_t kind = (uint64_t)it->call << 16 | it->error;
    return scatter(scatter(seed ^ kind << 40) + number * UINT64_C(0x9e3779b97f4a7c15)) % it->one_in == 0;
}

static bool is_meant(const struct provocation *it, uint64_t seed, uint64_t number)
{
    if (it->one_in > 0)
        return is_chosen(it, seed, number);
    return number >= it->first && (number <= it->last || it->last == PROVOCATION_ENDLESS) &&
           (number - it->first) % it->step == 0;
}

int provoked_error(const struct provocations *all, enum call call, uint64_t number)
{
    for (int i = 0; i < all->count; i++)
        if (all->of[i].call == call && is_meant(&all->of[i], all->seed, number))
            return all->of[i].error;
    return 0;
}

bool provoked_needs_socket(enum call call, int error)
{
    return (error == EINTR && (call == CALL_accept || call == CALL_connect)) ||
           (error == EAGAIN && call == CALL_accept);
}

bool provoked_can_happen(enum call call, int error, const struct provoked_socket *socket)
{
    if (!provoked_needs_socket(call, error))
        return true;
    if (error == EAGAIN)
        return !socket->waits || socket->times_out;
    return socket->waits && socket->stream;
}

bool provoked_takes_client(int error)
{
    switch (error) {
    case ECONNABORTED:
    case ECONNRESET:
    case EPROTO:
    case ETIMEDOUT:
    case ENETDOWN: /* accept(2) of Linux: these are of the connection that was waiting */
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET:
    case ENOPROTOOPT:
        return true;
    default:
        return false;
    }
}
