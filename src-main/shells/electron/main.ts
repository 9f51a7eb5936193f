// Electron's entry: calls startElectron with the real API and the real app.
import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session } from 'electron'
import { createApp } from '../../app.ts'
import { startElectron } from './start.ts'

void startElectron({ app, BrowserWindow, dialog, ipcMain, Menu, protocol, session }, createApp)
