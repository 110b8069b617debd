/**
 * @file service.c
 * @brief Lesson 18: what all clients share.
 *
 * Uses:     service.h.
 * Used by:  server.c, tests.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "service.h"

#include <stdlib.h>
#include <string.h>

bool service_open(struct service *service,
                  const struct limits *limits,
                  int64_t now_ms)
{
    memset(service, 0, sizeof *service);
    service->limits = *limits;
    service->channels.limits = &service->limits;
    service->started_ms = now_ms;
    service->args = calloc(limits->args_max, sizeof *service->args);
    if (service->args == NULL ||
        !store_open(&service->store, &service->limits)) {
        service_close(service);
        return false;
    }
    service_set_time(service, now_ms);
    return true;
}

void service_close(struct service *service)
{
    store_close(&service->store);
    free(service->args);
    service->args = NULL;
}

void service_set_time(struct service *service, int64_t now_ms)
{
    service->store.now_ms = now_ms;
}
