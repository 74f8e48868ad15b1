/* The way out of QEMU, or of a debugger: text and the exit status. The processor must be
 * privileged. Source: Arm semihosting for AArch32 and AArch64 (ihi0100). */
#include "../machine.h"

enum semihosting_operation {
    SEMIHOSTING_WRITE0 = 0x04,
    SEMIHOSTING_EXIT_EXTENDED = 0x20,
};

#define ADP_STOPPED_APPLICATION_EXIT 0x20026u

static void semihosting_call(enum semihosting_operation operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

void machine_write(const char *text)
{
    semihosting_call(SEMIHOSTING_WRITE0, text);
}

_Noreturn void machine_exit(uint32_t status)
{
    const uint32_t block[2] = {ADP_STOPPED_APPLICATION_EXIT, status};
    for (;;)
        semihosting_call(SEMIHOSTING_EXIT_EXTENDED, block);
}
