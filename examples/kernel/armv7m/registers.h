/* The system registers that the kernel uses. Source: Armv7-M ARM (DDI 0403E), B3. */
#ifndef KERNEL_ARMV7M_REGISTERS_H
#define KERNEL_ARMV7M_REGISTERS_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define SYST_CSR                       REGISTER(0xe000e010)
#define SYST_RVR                       REGISTER(0xe000e014)
#define SYST_CVR                       REGISTER(0xe000e018)
#define SYST_CSR_ENABLE_WITH_INTERRUPT 7u /* and the processor's clock */

#define NVIC_ISER(word)  REGISTER(0xe000e100 + 4 * (word))
#define NVIC_ICER(word)  REGISTER(0xe000e180 + 4 * (word))
#define NVIC_IPR(number) (*(volatile uint8_t *)(0xe000e400 + (number)))

#define SCB_ICSR                 REGISTER(0xe000ed04)
#define SCB_ICSR_VECTACTIVE      0x1ffu
#define SCB_ICSR_PENDSVSET       (1u << 28)
#define SCB_VTOR                 REGISTER(0xe000ed08)
#define SCB_CCR                  REGISTER(0xe000ed14)
#define SCB_CCR_DIV_0_TRP        (1u << 4)
#define SCB_CCR_STKALIGN         (1u << 9)
#define SCB_SHPR1                REGISTER(0xe000ed18) /* memory, bus and usage faults */
#define SCB_SHPR2                REGISTER(0xe000ed1c) /* SVC in the top byte */
#define SCB_SHPR3                REGISTER(0xe000ed20) /* PendSV and SysTick in the top half */
#define SCB_SHCSR                REGISTER(0xe000ed24)
#define SCB_SHCSR_SVCALLPENDED   (1u << 15)
#define SCB_SHCSR_FAULTS_ENABLED (7u << 16)

#define SCB_CFSR           REGISTER(0xe000ed28)
#define CFSR_IACCVIOL      (1u << 0)
#define CFSR_MUNSTKERR     (1u << 3)
#define CFSR_MSTKERR       (1u << 4)
#define CFSR_MMARVALID     (1u << 7)
#define CFSR_MEMORY_FAULTS 0xffu
#define CFSR_UNSTKERR      (1u << 11)
#define CFSR_STKERR        (1u << 12)
#define CFSR_BFARVALID     (1u << 15)
#define CFSR_BUS_FAULTS    0xff00u
#define CFSR_UNDEFINSTR    (1u << 16)
#define CFSR_UNALIGNED     (1u << 24)
#define CFSR_DIVBYZERO     (1u << 25)
#define SCB_HFSR           REGISTER(0xe000ed2c)
#define SCB_MMFAR          REGISTER(0xe000ed34)
#define SCB_BFAR           REGISTER(0xe000ed38)

#define MPU_TYPE            REGISTER(0xe000ed90)
#define MPU_CTRL            REGISTER(0xe000ed94)
#define MPU_CTRL_ENABLE     (1u << 0)
#define MPU_CTRL_PRIVDEFENA (1u << 2) /* the kernel keeps the default map */
#define MPU_RBAR            REGISTER(0xe000ed9c)
#define MPU_RASR            REGISTER(0xe000eda0)

#endif
