/**
 * @file wait_on_address.c
 * @brief Win32 calls that wait for a value in memory.
 *
 * The value is looked at once, before the thread blocks; afterwards only a
 * wake-up of the same address ends the wait, not the change itself.  So the
 * change comes first and the wake-up second, and the waiter looks again: it
 * may have been woken without a reason ("WaitOnAddress function").
 *
 * Uses:     park.h, api.h.
 * Used by:  programs.
 * Facts:    PORT-62, TIME-03.
 * Read next: interlocked.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../kernel/park.h"

#include "api.h"

/** @brief Whether the value at an address is still the unwanted one. */
static bool is_unwanted(const volatile void *address,
                        const void *unwanted,
                        size_t bytes)
{
    const volatile unsigned char *one = address;
    const unsigned char *two = unwanted;

    for (size_t at = 0; at < bytes; at++) {
        if (one[at] != two[at]) {
            return false;
        }
    }
    return true;
}

/** @brief Wait for a wake-up. */
static NTSTATUS address_wait(const volatile void *address,
                             DWORD milliseconds,
                             const char *call)
{
    int64_t storage;
    const int64_t *interval = sim__time_interval(milliseconds, &storage);
    NTSTATUS status = STATUS_TIMEOUT;

    if (milliseconds != 0) {
        trace(wait, .text = call);
        if (sim__park_spurious()) {
            sim__before();
            return STATUS_SUCCESS;
        }
        /* FACT PORT-62 blocking elsewhere releases another waiter. */
        status = sim__park((const void *)(uintptr_t)address,
                           PARK_VALUE,
                           call,
                           sim__time_due(interval));
    }
    if (status == STATUS_TIMEOUT) {
        trace(timeout, .text = call);
    }
    return status;
}

BOOL WINAPI WaitOnAddress(volatile void *address,
                          void *compare,
                          SIZE_T bytes,
                          DWORD milliseconds)
{
    static const char name[] = "WaitOnAddress";
    NTSTATUS status = STATUS_SUCCESS;

    if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) {
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    sim__before();
    if (is_unwanted(address, compare, bytes)) {
        status = address_wait(address, milliseconds, name);
    }
    if (status != STATUS_TIMEOUT) {
        trace(call, .text = name);
    }
    sim__after();
    return status == STATUS_TIMEOUT ? sim__fail(ERROR_TIMEOUT) : TRUE;
}

void WINAPI WakeByAddressSingle(void *address)
{
    sim__before();
    trace(call, .text = "WakeByAddressSingle");
    sim__park_wake_one(address);
    sim__after();
}

void WINAPI WakeByAddressAll(void *address)
{
    sim__before();
    trace(call, .text = "WakeByAddressAll");
    sim__park_wake_all(address);
    sim__after();
}
