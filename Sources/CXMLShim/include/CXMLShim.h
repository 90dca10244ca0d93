#ifndef CXMLSHIM_H
#define CXMLSHIM_H
#endif
