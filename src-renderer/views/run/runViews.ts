// The views of one run that can be opened without one and then list runs to choose from.
export type RunView = 'neurons' | 'analyses' | 'sample' | 'try'
