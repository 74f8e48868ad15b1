/* Runs the tasks one after the other, each unprivileged and inside its own memory. */
#include <imgbuild/access.h>

extern uint32_t __stack_top[], __data_load[], __data_start[], __data_end[], __bss_start[],
    __bss_end[];

/* Registers of the processor. */
static volatile uint32_t *const vtor = (uint32_t *)0xe000ed08;  /* where the vectors are */
static volatile uint32_t *const shcsr = (uint32_t *)0xe000ed24; /* which faults are on */
static volatile uint32_t *const cfsr = (uint32_t *)0xe000ed28;  /* why there was one */
static volatile uint32_t *const mpu = (uint32_t *)0xe000ed90;
enum { MPU_CTRL = 1, MPU_RBAR = 3, MPU_RASR = 4 };

static const struct imgbuild_task *task; /* the one that runs */
static uint32_t started_count;

/* Semihosting: QEMU, or a debugger, does what is asked. */
static void ask_host(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void write_character(const char *character)
{
    ask_host(0x03, character);
}

static void write_text(const char *text)
{
    ask_host(0x04, text);
}

static void exit_with(uint32_t status)
{
    const uint32_t reason_and_status[2] = {0x20026, status};
    ask_host(0x20, reason_and_status);
}

/* Gives the MPU to the next task. Returns where the registers are that it starts with. */
static uint32_t *start_next(void)
{
    const struct imgbuild_image *image = &imgbuild_image;
    if (started_count == image->task_count)
        exit_with(0);
    task = &image->tasks[started_count++];

    mpu[MPU_CTRL] = 0;
    for (uint32_t i = 0; i < image->mpu_words; i += 2) {
        mpu[MPU_RBAR] = task->mpu[i];
        mpu[MPU_RASR] = task->mpu[i + 1];
    }
    mpu[MPU_CTRL] = 5; /* on; the kernel itself sees all memory */
    __asm__ volatile("dsb\n isb" ::: "memory");

    uint32_t *registers = (uint32_t *)task->stack_top - 8; /* r0-r3, r12, lr, pc, xpsr */
    registers[6] = task->entry & ~1u;
    registers[7] = 0x01000000;
    return registers;
}

/* svc 0: print r1 bytes at r0; svc 1: done. Returns where the registers are to go on with. */
__attribute__((used)) static uint32_t *system_call(uint32_t *registers)
{
    const uint8_t number = ((const uint8_t *)registers[6])[-2];
    if (number != 0)
        return start_next();
    if (!imgbuild_may_access(task, registers[0], registers[1], IMGBUILD_READ, IMGBUILD_DEVICE)) {
        write_text(task->name);
        write_text(" lent memory that is not its own: stopped\n");
        return start_next();
    }
    write_text(task->name);
    write_text(": ");
    for (uint32_t i = 0; i < registers[1]; i++)
        write_character((const char *)registers[0] + i);
    return registers;
}

__attribute__((used)) static uint32_t *fault(void)
{
    *cfsr = *cfsr;
    write_text(task->name);
    write_text(" left its memory: stopped\n");
    return start_next();
}

__attribute__((naked)) static void system_call_handler(void)
{
    __asm__("tst lr, #4\n ite eq\n mrseq r0, msp\n mrsne r0, psp\n bl system_call\n b resume");
}

__attribute__((naked)) static void fault_handler(void)
{
    __asm__("bl fault\n"
            "resume: msr psp, r0\n mov r0, #1\n msr control, r0\n" /* unprivileged */
            "mvn lr, #2\n bx lr");                                 /* on a stack of its own */
}

void reset_handler(void);

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    __stack_top,
    reset_handler,
    fault_handler,
    fault_handler,
    fault_handler,
    fault_handler,
    fault_handler,
    0,
    0,
    0,
    0,
    system_call_handler,
};

void reset_handler(void)
{
    const uint32_t *from = __data_load;
    for (uint32_t *word = __data_start; word < __data_end; word++)
        *word = *from++;
    for (uint32_t *word = __bss_start; word < __bss_end; word++)
        *word = 0;
    *vtor = (uint32_t)vectors;
    *shcsr = 0x70000;
    for (;;)
        __asm__ volatile("svc 1"); /* the first task */
}
