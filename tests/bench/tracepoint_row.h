/* One tracepoint with about as much in it as a record has. Read several times over by <lttng/tracepoint.h>. */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER listenas_bench

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "tracepoint_row.h"

#if !defined(LISTENAS_BENCH_TRACEPOINT_ROW_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define LISTENAS_BENCH_TRACEPOINT_ROW_H

#include <lttng/tracepoint.h>

LTTNG_UST_TRACEPOINT_EVENT(listenas_bench, call,
                           LTTNG_UST_TP_ARGS(int, fd, int, result, int, error, const uint8_t *, address),
                           LTTNG_UST_TP_FIELDS(lttng_ust_field_integer(int, fd, fd)
                                                   lttng_ust_field_integer(int, result, result)
                                                       lttng_ust_field_integer(int, error, error)
                                                           lttng_ust_field_array(uint8_t, address, address, 48)))

#endif

#include <lttng/tracepoint-event.h>
