/**
 * @file file_notify.c
 * @brief Facts about being told of changes in a folder.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    FILE-19.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>
#include <wchar.h>

enum { KEY = 5, ROOM = 1024, SMALL = 16, FOLDERS_MAX = 64 };

/** A folder that is watched. */
struct watched {
    HANDLE handle;
    HANDLE port;
    WCHAR path[MAX_PATH];
    WCHAR file[MAX_PATH];
    OVERLAPPED overlapped;
    DWORD buffer[ROOM / sizeof(DWORD)];
};

/** @brief Make a folder under a name that is free. */
static void watched_open(struct watched *watched)
{
    WCHAR temp[MAX_PATH];
    BOOL made = FALSE;

    memset(watched, 0, sizeof *watched);
    CHECK(GetTempPathW(MAX_PATH, temp) < MAX_PATH - 60);
    for (unsigned number = 1; number <= FOLDERS_MAX && !made; number++) {
        (void)swprintf(watched->path,
                       MAX_PATH,
                       L"%lsdryport-folder-%u-%u",
                       temp,
                       (unsigned)GetCurrentProcessId(),
                       number);
        made = CreateDirectoryW(watched->path, NULL);
    }
    CHECK(made);
    (void)swprintf(watched->file, MAX_PATH, L"%ls\\new", watched->path);
    watched->handle =
        CreateFileW(watched->path,
                    FILE_LIST_DIRECTORY,
                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                    NULL,
                    OPEN_EXISTING,
                    FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED,
                    NULL);
    CHECK(watched->handle != INVALID_HANDLE_VALUE);
    watched->port = fact_port(0);
    fact_associate(watched->handle, watched->port, KEY);
}

static void watched_close(struct watched *watched)
{
    CHECK(CloseHandle(watched->handle));
    CHECK(RemoveDirectoryW(watched->path));
    CHECK(CloseHandle(watched->port));
}

/** @brief Ask for the next changes. */
static void ask(struct watched *watched, DWORD room)
{
    CHECK(ReadDirectoryChangesW(watched->handle,
                                watched->buffer,
                                room,
                                FALSE,
                                FILE_NOTIFY_CHANGE_FILE_NAME,
                                NULL,
                                &watched->overlapped,
                                NULL));
}

static void make_file(const struct watched *watched)
{
    HANDLE file =
        CreateFileW(watched->file, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);

    CHECK(file != INVALID_HANDLE_VALUE && CloseHandle(file));
}

/** @brief Check that a packet holds one record: the new file. */
static void check_record(const struct watched *watched,
                         const struct fact_packet *packet,
                         DWORD action)
{
    const FILE_NOTIFY_INFORMATION *record =
        (const FILE_NOTIFY_INFORMATION *)watched->buffer;

    CHECK(packet->success && packet->overlapped == &watched->overlapped);
    CHECK(packet->bytes >=
          offsetof(FILE_NOTIFY_INFORMATION, FileName) + record->FileNameLength);
    CHECK(record->Action == action && record->NextEntryOffset == 0);
    CHECK(record->FileNameLength == 3 * sizeof(WCHAR));
    CHECK(memcmp((const char *)watched->buffer +
                     offsetof(FILE_NOTIFY_INFORMATION, FileName),
                 L"new",
                 3 * sizeof(WCHAR)) == 0);
}

void fact_file_19(void)
{
    struct watched watched;
    struct fact_packet packet;

    watched_open(&watched);
    /* It pends until something changes. */
    ask(&watched, ROOM);
    CHECK(fact_packet_none(watched.port));
    make_file(&watched);
    packet = fact_packet_take(watched.port);
    check_record(&watched, &packet, FILE_ACTION_ADDED);
    ask(&watched, ROOM);
    CHECK(DeleteFileW(watched.file));
    packet = fact_packet_take(watched.port);
    check_record(&watched, &packet, FILE_ACTION_REMOVED);
    watched_close(&watched);
    /* A buffer that no record fits in: a success without bytes. */
    watched_open(&watched);
    ask(&watched, SMALL);
    make_file(&watched);
    packet = fact_packet_take(watched.port);
    CHECK(packet.success && packet.bytes == 0);
    CHECK(packet.overlapped == &watched.overlapped);
    CHECK((NTSTATUS)watched.overlapped.Internal == STATUS_NOTIFY_ENUM_DIR);
    CHECK(DeleteFileW(watched.file));
    watched_close(&watched);
}
