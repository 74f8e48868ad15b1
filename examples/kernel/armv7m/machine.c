/* The processor's parts that are no task's: clock, priorities, MPU, interrupt controller. */
#include "../machine.h"
#include "registers.h"

#define CLOCK_HZ         25000000u
#define TICKS_PER_SECOND 1000u

/* All entries into the kernel but faults share one priority, so that the kernel never interrupts
 * itself. Faults stand above: a stack that is full when an interrupt comes is the task's fault,
 * told first. */
#define KERNEL_PRIORITY 0x80u

#define INTERRUPTS_MAX 32u /* as exceptions.S has vectors */

#define MPU_RBAR_VALID (1u << 4)
/* The whole architectural RAM half gigabyte: never code, read and written by the kernel alone. */
#define KERNEL_RAM_RBAR (0x20000000u | MPU_RBAR_VALID)
#define KERNEL_RAM_RASR (1u << 28 | 1u << 24 | 1u << 19 | 3u << 16 | 28u << 1 | 1u)

extern const uint32_t vectors[];
extern _Noreturn void idle_enter(void);

bool machine_fits(const struct imgbuild_image *image, const char **ret_why)
{
    const uint32_t slots = MPU_TYPE >> 8 & 0xff;
    *ret_why = 0;
    if (image->mpu_model != IMGBUILD_MPU_PMSAV7)
        *ret_why = "made for another kind of MPU";
    else if (image->mpu_slots > slots)
        *ret_why = "made for an MPU with more regions";
    else if (image->mpu_words != 2 * (image->mpu_slots - image->mpu_reserved))
        *ret_why = "not all regions are set";
    else if (image->irq_count && image->irqs[image->irq_count - 1].number >= INTERRUPTS_MAX)
        *ret_why = "an interrupt has no vector";
    return *ret_why == 0;
}

/* The slot that the board reserves serves the kernel against itself: with the default map alone the
 * kernel could execute RAM. Tasks' regions have higher numbers and win. */
static void mpu_start(void)
{
    if (imgbuild_image.mpu_reserved > 0) {
        MPU_RBAR = KERNEL_RAM_RBAR;
        MPU_RASR = KERNEL_RAM_RASR;
    }
    MPU_CTRL = MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

_Noreturn void machine_start(void)
{
    SCB_VTOR = (uint32_t)vectors;
    SCB_SHPR1 = 0;
    SCB_SHPR2 = KERNEL_PRIORITY << 24;
    SCB_SHPR3 = KERNEL_PRIORITY << 24 | KERNEL_PRIORITY << 16;
    for (uint32_t i = 0; i < imgbuild_image.irq_count; i++)
        NVIC_IPR(imgbuild_image.irqs[i].number) = KERNEL_PRIORITY;
    SCB_SHCSR |= SCB_SHCSR_FAULTS_ENABLED;
    SCB_CCR |= SCB_CCR_DIV_0_TRP | SCB_CCR_STKALIGN;
    SYST_RVR = CLOCK_HZ / TICKS_PER_SECOND - 1;
    SYST_CVR = 0;
    SYST_CSR = SYST_CSR_ENABLE_WITH_INTERRUPT;
    mpu_start();
    SCB_ICSR = SCB_ICSR_PENDSVSET; /* waits until idle_enter lets interrupts in */
    idle_enter();
}

void machine_interrupt_set(uint32_t number, bool enabled)
{
    if (enabled)
        NVIC_ISER(number / 32) = 1u << number % 32;
    else
        NVIC_ICER(number / 32) = 1u << number % 32;
}

uint32_t machine_interrupt_number(void)
{
    return (SCB_ICSR & SCB_ICSR_VECTACTIVE) - 16;
}
