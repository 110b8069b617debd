/**
 * @file stranger.c
 * @brief A program for Windows that calls what the simulator does not have.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>

#include <windows.h>

#include <process.h>
#include <stdio.h>

#if defined(STRANGER_THREAD)
static void work(void *unused)
{
    (void)unused;
}
#endif

int main(void)
{
#if defined(STRANGER_THREAD)
    /* A thread that the simulator would know nothing of. */
    _beginthread(work, 0, NULL);
#endif
    printf("comparing gives %d\n", lstrcmpiA("one", "ONE"));
    return 0;
}
