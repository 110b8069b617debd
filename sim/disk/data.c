/**
 * @file data.c
 * @brief The bytes of files, and how many the disk can hold.
 *
 * A file is a table of clusters; what was never written has none and reads as
 * zeros.  The disk counts clusters by the sizes of its files, as if it had no
 * such gaps, because that is when Windows says that it is full.
 *
 * Uses:     disk.h.
 * Used by:  device.c, open.c, the Win32 calls about sizes.
 * Facts:    FILE-11.
 * Read next: device.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "../sim_disk.h"
#include "disk.h"

/** Clusters of one segment of the table, and bytes of them. */
enum { SEGMENT = 512 };
#define SEGMENT_BYTES ((uint64_t)SEGMENT * DISK_CLUSTER)

/** A disk's size unless a scenario says otherwise: 64 GB. */
#define CAPACITY ((uint64_t)1 << 36)

/** The disk of the present world. */
static struct {
    uint64_t generation;
    uint64_t capacity;
    uint64_t used;    /* Bytes, whole clusters. */
    char *free_first; /* Clusters given back; the first bytes link them. */
} disk;

static void begin(void)
{
    if (disk.generation != sim__world.generation) {
        disk.generation = sim__world.generation;
        disk.capacity = CAPACITY;
        disk.used = 0;
        disk.free_first = NULL;
    }
}

void sim_disk_set_capacity(uint64_t bytes)
{
    begin();
    disk.capacity = bytes;
}

uint64_t sim__disk_capacity(void)
{
    begin();
    return disk.capacity;
}

uint64_t sim__disk_free(void)
{
    begin();
    return disk.used < disk.capacity ? disk.capacity - disk.used : 0;
}

/* ---- Clusters ------------------------------------------------------------ */

static char *cluster_take(void)
{
    char *cluster = disk.free_first;

    if (cluster == NULL) {
        cluster = sim__take(DISK_CLUSTER);
    } else {
        memcpy(&disk.free_first, cluster, sizeof disk.free_first);
    }
    memset(cluster, 0, DISK_CLUSTER);
    return cluster;
}

static void cluster_give(char *cluster)
{
    memcpy(cluster, &disk.free_first, sizeof disk.free_first);
    disk.free_first = cluster;
}

/** @brief The cluster that holds a byte, or NULL. */
static char *cluster_at(const struct disk_node *node, uint64_t at)
{
    uint64_t segment = at / SEGMENT_BYTES;

    if (segment >= node->segment_count || node->segments[segment] == NULL) {
        return NULL;
    }
    return node->segments[segment][at % SEGMENT_BYTES / DISK_CLUSTER];
}

/** @brief Make the table of segments long enough for a byte. */
static void reach(struct disk_node *node, uint64_t at)
{
    uint64_t needed = at / SEGMENT_BYTES + 1;
    uint32_t count = node->segment_count == 0 ? 1 : node->segment_count;
    char ***segments;

    if (needed <= node->segment_count) {
        return;
    }
    while (count < needed) {
        count *= 2;
    }
    segments = sim__take(count * sizeof *segments);
    memset(segments, 0, count * sizeof *segments);
    if (node->segments != NULL) {
        memcpy(segments,
               node->segments,
               node->segment_count * sizeof *segments);
        sim__give(node->segments, node->segment_count * sizeof *segments);
    }
    node->segments = segments;
    node->segment_count = count;
}

/** @brief The cluster that holds a byte, made if need be. */
static char *cluster_make(struct disk_node *node, uint64_t at)
{
    char ***segment;
    char **cluster;

    reach(node, at);
    segment = &node->segments[at / SEGMENT_BYTES];
    if (*segment == NULL) {
        *segment = sim__take(SEGMENT * sizeof **segment);
        memset(*segment, 0, SEGMENT * sizeof **segment);
    }
    cluster = &(*segment)[at % SEGMENT_BYTES / DISK_CLUSTER];
    if (*cluster == NULL) {
        *cluster = cluster_take();
    }
    return *cluster;
}

/* ---- Sizes --------------------------------------------------------------- */

static uint64_t whole_clusters(uint64_t bytes)
{
    return (bytes + DISK_CLUSTER - 1) / DISK_CLUSTER * DISK_CLUSTER;
}

/** @brief Forget what a file holds from a byte on. */
static void cut(struct disk_node *node, uint64_t size)
{
    char *last = cluster_at(node, size);

    if (size % DISK_CLUSTER != 0 && last != NULL) {
        memset(last + size % DISK_CLUSTER,
               0,
               DISK_CLUSTER - size % DISK_CLUSTER);
    }
    for (uint64_t at = whole_clusters(size); at < node->size;
         at += DISK_CLUSTER) {
        char *cluster = cluster_at(node, at);

        if (cluster != NULL) {
            cluster_give(cluster);
            node->segments[at / SEGMENT_BYTES]
                          [at % SEGMENT_BYTES / DISK_CLUSTER] = NULL;
        }
    }
}

NTSTATUS sim__disk_resize(struct disk_node *node, uint64_t size)
{
    uint64_t before = whole_clusters(node->size);

    begin();
    if (size > node->size) {
        if (size > disk.capacity || /* So that the sum below is small. */
            disk.used - before + whole_clusters(size) > disk.capacity) {
            return STATUS_DISK_FULL;
        }
    } else {
        cut(node, size);
    }
    disk.used = disk.used - before + whole_clusters(size);
    node->size = size;
    return STATUS_SUCCESS;
}

/* ---- Bytes --------------------------------------------------------------- */

/** @brief Bytes from a position to the end of its cluster, at most. */
static ULONG part_of(uint64_t at, ULONG bytes)
{
    ULONG left = DISK_CLUSTER - (ULONG)(at % DISK_CLUSTER);

    return left < bytes ? left : bytes;
}

void sim__disk_read(const struct disk_node *node,
                    uint64_t at,
                    struct irp *irp,
                    ULONG bytes)
{
    static const char zeros[DISK_CLUSTER];
    ULONG done = 0;

    sim__assert(at + bytes <= node->size);
    while (done < bytes) {
        ULONG part = part_of(at + done, bytes - done);
        const char *cluster = cluster_at(node, at + done);

        /* FACT FILE-11 writing beyond the end: the gap reads as zeros. */
        sim__irp_put(irp,
                     done,
                     cluster == NULL ? zeros
                                     : cluster + (at + done) % DISK_CLUSTER,
                     part);
        done += part;
    }
}

void sim__disk_write(struct disk_node *node,
                     uint64_t at,
                     const struct irp *irp,
                     ULONG bytes)
{
    ULONG done = 0;

    sim__assert(at + bytes <= node->size);
    while (done < bytes) {
        ULONG part = part_of(at + done, bytes - done);
        char *cluster = cluster_make(node, at + done);

        sim__irp_get(irp, done, cluster + (at + done) % DISK_CLUSTER, part);
        done += part;
    }
}

NTSTATUS sim__disk_copy(struct disk_node *to, const struct disk_node *from)
{
    NTSTATUS status;

    (void)sim__disk_resize(to, 0);
    status = sim__disk_resize(to, from->size);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    for (uint64_t at = 0; at < from->size; at += DISK_CLUSTER) {
        const char *cluster = cluster_at(from, at);

        if (cluster != NULL) {
            memcpy(cluster_make(to, at), cluster, DISK_CLUSTER);
        }
    }
    return STATUS_SUCCESS;
}
