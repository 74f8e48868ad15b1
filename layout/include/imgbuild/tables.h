/* The tables that imgbuild links into a kernel, ABI 1.
 *
 * For kernels: freestanding C11 or C++11, no other header of the project is needed. The linked
 * kernel contains one `struct imgbuild_image`, with the symbol `imgbuild_image`; everything else is
 * reached from it. All tables are constants in code memory. Little-endian, 32-bit targets.
 *
 * A minimal kernel sets up the MPU of a task like this (PMSAv7, task->mpu holds RBAR/RASR pairs).
 * The MPU must be off during this: between the two stores a slot has the new base with the old
 * task's rights and size.
 *
 *     const struct imgbuild_task *task = &imgbuild_image.tasks[index];
 *     MPU->CTRL = 0;
 *     for (uint32_t i = 0; i < imgbuild_image.mpu_words; i += 2) {
 *         MPU->RBAR = task->mpu[i];
 *         MPU->RASR = task->mpu[i + 1];
 *     }
 *     MPU->CTRL = MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA;
 *     dsb();
 *     isb();
 */
#ifndef IMGBUILD_TABLES_H
#define IMGBUILD_TABLES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define IMGBUILD_STATIC_ASSERT(condition, why) static_assert(condition, why)
#else
#define IMGBUILD_STATIC_ASSERT(condition, why) _Static_assert(condition, why)
#endif

#define IMGBUILD_MAGIC 0x42474d49u /* the bytes "IMGB" */
#define IMGBUILD_ABI   1u

/* imgbuild_image.mpu_model */
#define IMGBUILD_MPU_PMSAV6 6u
#define IMGBUILD_MPU_PMSAV7 7u
#define IMGBUILD_MPU_PMSAV8 8u
#define IMGBUILD_MPU_PMP    16u

/* imgbuild_region.attributes */
#define IMGBUILD_READ    1u
#define IMGBUILD_WRITE   2u
#define IMGBUILD_EXECUTE 4u
#define IMGBUILD_DEVICE  8u
#define IMGBUILD_DMA     16u

/* imgbuild_task.flags */
#define IMGBUILD_TASK_START 1u /* started by the kernel at boot */

/* What a PMSAv8 kernel must store in MPU_MAIR0: AttrIndx 0 flash, 1 RAM, 2 DMA RAM, 3 device. */
#define IMGBUILD_MAIR0 0x0444ffaau

/* A maximal run of bytes that one MPU slot grants to a task. */
struct imgbuild_region {
    uint32_t first;      /* address of the first byte */
    uint32_t last;       /* address of the last byte, inclusive */
    uint32_t attributes; /* IMGBUILD_READ | ... */
};

struct imgbuild_task {
    uint32_t entry;                        /* bit 0 set for Thumb */
    uint32_t stack_base;                   /* lowest address; an overflow faults below it */
    uint32_t stack_top;                    /* initial stack pointer; multiple of 8, of 16 on PMP */
    uint16_t index;                        /* position in imgbuild_image.tasks */
    uint8_t priority;                      /* 0 is most important */
    uint8_t flags;                         /* IMGBUILD_TASK_START */
    const struct imgbuild_region *regions; /* sorted by first, disjoint */
    const uint32_t *mpu;                   /* imgbuild_image.mpu_words words, ready to store */
    const char *name;
    uint8_t region_count;
    uint8_t zero[3];
};

/* The task to notify of an interrupt: `notification` is a mask for task number `task`. */
struct imgbuild_irq {
    uint16_t number;
    uint16_t task;
    uint32_t notification;
};

struct imgbuild_image {
    uint32_t magic;        /* IMGBUILD_MAGIC */
    uint16_t abi;          /* IMGBUILD_ABI */
    uint16_t header_bytes; /* sizeof(struct imgbuild_image) */
    uint8_t id[8];         /* identifies the image; equal to the archive's ID */
    uint32_t image_base;   /* lowest loaded address in code memory */
    uint32_t image_bytes;  /* from image_base to the end of the last loaded byte, including the info
                              block */
    uint8_t major;
    uint8_t minor;
    uint16_t patch;
    uint32_t epoch;
    uint8_t mpu_model; /* IMGBUILD_MPU_... */
    uint8_t mpu_slots; /* region registers of the MPU */
    uint16_t task_count;
    uint16_t irq_count;
    uint8_t mpu_reserved;              /* slots reserved for the kernel, from 0 */
    uint8_t mpu_words;                 /* words in each task's mpu array */
    const struct imgbuild_task *tasks; /* [0] is the supervisor */
    const struct imgbuild_irq *irqs;   /* sorted by number */
    const char *name;
    const char *board;
    const char *slot; /* image slot, "" without slots */
    const void *info; /* 0 without an info block */
};

extern const struct imgbuild_image imgbuild_image;

#define IMGBUILD_ASSERT_OFFSET(type, field, offset)                                                \
    IMGBUILD_STATIC_ASSERT(sizeof(void *) != 4 || offsetof(struct type, field) == (offset),        \
                           #type "." #field)

IMGBUILD_STATIC_ASSERT(sizeof(struct imgbuild_region) == 12, "imgbuild_region");
IMGBUILD_STATIC_ASSERT(sizeof(struct imgbuild_irq) == 8, "imgbuild_irq");
IMGBUILD_STATIC_ASSERT(sizeof(void *) != 4 || sizeof(struct imgbuild_task) == 32, "imgbuild_task");
IMGBUILD_STATIC_ASSERT(sizeof(void *) != 4 || sizeof(struct imgbuild_image) == 64,
                       "imgbuild_image");
IMGBUILD_ASSERT_OFFSET(imgbuild_task, regions, 16);
IMGBUILD_ASSERT_OFFSET(imgbuild_task, mpu, 20);
IMGBUILD_ASSERT_OFFSET(imgbuild_task, name, 24);
IMGBUILD_ASSERT_OFFSET(imgbuild_task, region_count, 28);
IMGBUILD_ASSERT_OFFSET(imgbuild_image, id, 8);
IMGBUILD_ASSERT_OFFSET(imgbuild_image, image_base, 16);
IMGBUILD_ASSERT_OFFSET(imgbuild_image, major, 24);
IMGBUILD_ASSERT_OFFSET(imgbuild_image, epoch, 28);
IMGBUILD_ASSERT_OFFSET(imgbuild_image, mpu_model, 32);
IMGBUILD_ASSERT_OFFSET(imgbuild_image, irq_count, 36);
IMGBUILD_ASSERT_OFFSET(imgbuild_image, tasks, 40);
IMGBUILD_ASSERT_OFFSET(imgbuild_image, info, 60);

#ifdef __cplusplus
}
#endif
#endif
