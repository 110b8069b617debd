/**
 * @file chance.c
 * @brief A program that asks for random numbers and for the time.
 *
 * What it gets decides what it does, so its runs can only be repeated if it
 * gets the same each time.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>

#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int main(int argc, char **argv)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    int times;

    if (argc > 1 && strcmp(argv[1], "time") == 0) {
        srand((unsigned)time(NULL));
    }
    times = rand() % 100;
    for (int at = 0; at < times; at++) {
        SetEvent(event);
    }
    CloseHandle(event);
    return 0;
}
