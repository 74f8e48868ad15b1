/* Where every task starts. The kernel has set the stack pointer; memory is as the last life of the
 * task left it. The symbols come from the linker script that imgbuild writes; all ranges are whole
 * words. */
#include <user/syscalls.h>

extern uint32_t __data_load[], __data_start[], __data_end[], __bss_start[], __bss_end[];
extern void (*const __preinit_array_start[])(void), (*const __preinit_array_end[])(void);
extern void (*const __init_array_start[])(void), (*const __init_array_end[])(void);

int main(void);
_Noreturn void _start(void);

_Noreturn void _start(void)
{
    const uint32_t *from = __data_load;
    for (uint32_t *word = __data_start; word < __data_end; word++)
        *word = *from++;
    for (uint32_t *word = __bss_start; word < __bss_end; word++)
        *word = 0;
    for (void (*const *run)(void) = __preinit_array_start; run < __preinit_array_end; run++)
        (*run)();
    for (void (*const *run)(void) = __init_array_start; run < __init_array_end; run++)
        (*run)(); /* constructors */
    main();
    panic("main returned");
}
