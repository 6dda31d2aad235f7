/*
 * Include this last in a file whose code runs inside somebody else's call: what is not safe there does not compile.
 */
#ifndef LISTENAS_KERNEL_ASYNC_SAFE_H
#define LISTENAS_KERNEL_ASYNC_SAFE_H

#pragma GCC poison malloc calloc realloc free strdup asprintf
#pragma GCC poison printf fprintf snprintf vsnprintf puts fopen
#pragma GCC poison getenv secure_getenv setenv strerror localtime
#pragma GCC poison syscall
#pragma GCC poison dlsym dlopen exit abort pthread_mutex_lock pthread_create

#endif
